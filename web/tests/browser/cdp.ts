/**
 * Chromium of any age over the raw DevTools protocol. What drives new browsers does not speak to old ones, so this is
 * only what a test of an old phone needs: a page, evaluation in it, the network switched off and on.
 */

import { type ChildProcess, spawn } from 'node:child_process'
import WebSocket from 'ws'
import { until } from './wait'

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--no-zygote',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1',
  '--window-size=360,640',
  '--remote-debugging-port=0',
]

/** How long anything may take before a test says that it never came, ms. */
const DEADLINE = 60_000

interface Message {
  id?: number
  method?: string
  params?: Record<string, unknown>
  result?: Record<string, unknown>
  error?: { message: string }
}

interface Waiting {
  resolve: (result: Record<string, unknown>) => void
  reject: (error: Error) => void
}

/** A page of a running browser. */
export class OldBrowser {
  private next = 1
  private readonly waiting = new Map<number, Waiting>()
  /** What the page complained of. */
  readonly complaints: string[] = []

  private constructor(
    private readonly process: ChildProcess,
    private readonly port: string,
    private readonly socket: WebSocket,
  ) {
    socket.on('message', data => this.take(JSON.parse(String(data)) as Message))
  }

  /** Starts the program on a folder of its own, which keeps what a phone keeps. */
  static async start(program: string, folder: string): Promise<OldBrowser> {
    const child = spawn(program, [...FLAGS, `--user-data-dir=${folder}`], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, LC_ALL: 'zh_CN.UTF-8', HOME: folder },
    })
    let said = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
    const port = await until(
      'the browser listens',
      async () => /listening on ws:\/\/127\.0\.0\.1:(\d+)/.exec(said)?.[1],
    )
    return OldBrowser.page(child, port)
  }

  /** Another page of the same browser, as a second tab is. */
  another(): Promise<OldBrowser> {
    return OldBrowser.page(this.process, this.port)
  }

  private static async page(child: ChildProcess, port: string): Promise<OldBrowser> {
    const page = (await (await fetch(`http://127.0.0.1:${port}/json/new?about:blank`)).json()) as {
      webSocketDebuggerUrl: string
    }
    const socket = new WebSocket(page.webSocketDebuggerUrl, { perMessageDeflate: false })
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
    const browser = new OldBrowser(child, port, socket)
    for (const domain of ['Page', 'Runtime', 'Network']) await browser.send(`${domain}.enable`)
    return browser
  }

  private take(message: Message): void {
    if (message.method === 'Runtime.exceptionThrown') this.complaints.push(JSON.stringify(message.params))
    if (message.method === 'Runtime.consoleAPICalled' && message.params?.type === 'error') {
      this.complaints.push(JSON.stringify(message.params.args))
    }
    const one = message.id === undefined ? undefined : this.waiting.get(message.id)
    if (one === undefined) return
    this.waiting.delete(message.id as number)
    if (message.error) one.reject(new Error(message.error.message))
    else one.resolve(message.result ?? {})
  }

  /** Sends a command to the page and waits for its answer. */
  async send(method: string, params: object = {}): Promise<Record<string, unknown>> {
    const id = this.next++
    let timer: NodeJS.Timeout | undefined
    const answer = new Promise<Record<string, unknown>>((resolve, reject) => {
      this.waiting.set(id, { resolve, reject })
      timer = setTimeout(() => reject(new Error(`no answer to ${method}`)), DEADLINE)
    })
    this.socket.send(JSON.stringify({ id, method, params }))
    return answer.finally(() => clearTimeout(timer))
  }

  /** The value of an expression in the page; a promise is waited for. */
  async evaluate<T>(expression: string): Promise<T> {
    const answer = await this.send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true })
    if (answer.exceptionDetails !== undefined) throw new Error(JSON.stringify(answer.exceptionDetails))
    return (answer.result as { value: T }).value
  }

  /** Waits until an expression in the page holds. */
  async until(expression: string): Promise<void> {
    try {
      // While a page gives way to the next there is nobody to ask.
      await until(expression, () => this.evaluate<boolean>(`Boolean(${expression})`).catch(() => false))
    } catch (error) {
      const text = await this.evaluate<string>('document.body.innerText')
      throw new Error(`${(error as Error).message}\n${text}\n${this.complaints.join('\n')}`)
    }
  }

  async goto(url: string): Promise<void> {
    await this.send('Page.navigate', { url })
    await this.until('document.readyState === "complete"')
  }

  /** Switches the page's network. */
  async network(on: boolean): Promise<void> {
    const none = { latency: 0, downloadThroughput: -1, uploadThroughput: -1 }
    await this.send('Network.emulateNetworkConditions', { offline: !on, ...none })
  }

  async close(): Promise<void> {
    const gone = new Promise(resolve => this.process.once('exit', resolve))
    this.socket.terminate()
    this.process.kill('SIGKILL')
    await gone
  }
}
