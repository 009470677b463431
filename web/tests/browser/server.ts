/** The real server program on a SQLite database of its own, with the demonstration district. */

import { type ChildProcess, execFile, type SpawnOptions, spawn } from 'node:child_process'
import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { until } from './wait'

const run = promisify(execFile)

/** The repository, and the program that `cargo build` left there. */
export const ROOT = resolve(import.meta.dirname, '../../..')
export const TARGET = process.env.CARGO_TARGET_DIR ?? join(ROOT, 'target')
const PROGRAM = process.env.WUYUAN_PROGRAM ?? join(TARGET, 'debug/wuyuan')
/** The built app. */
export const DIST = join(ROOT, 'web/dist')

/** Everybody's password in the demonstration. */
export const PASSWORD = 'demo-only-641'

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}

/** The variables that bend a program's clock. */
function bentClock(ahead: number): Record<string, string> {
  const places = readdirSync('/usr/lib').map(one => join('/usr/lib', one, 'faketime/libfaketimeMT.so.1'))
  const library = places.find(existsSync)
  if (library === undefined) throw new Error('libfaketime is missing: run scripts/setup')
  const seconds = Math.round(ahead / 1000)
  return { LD_PRELOAD: library, FAKETIME: `${seconds < 0 ? '' : '+'}${seconds}`, FAKETIME_DONT_FAKE_MONOTONIC: '1' }
}

export class Server {
  private child: ChildProcess | null = null
  private said = ''
  /** The database's file, which a restore replaces. */
  private database: string
  /** The folder of the app that it serves; another one from the next start on. */
  web = DIST

  private constructor(
    readonly folder: string,
    readonly port: number,
    private readonly settings: string[],
  ) {
    this.database = join(folder, 'wuyuan.db')
  }

  /** Starts on an empty database, its clock `ahead` ms of the true one. `settings` are flags of `wuyuan serve`. */
  static async start(settings: string[] = [], ahead = 0): Promise<Server> {
    const folder = mkdtempSync(join(tmpdir(), 'wuyuan-web-'))
    const server = new Server(folder, await freePort(), settings)
    await server.run(ahead)
    return server
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  private get place(): string[] {
    return ['--database', `sqlite://${this.database}`]
  }

  /** Starts the program, after the start or a stop. */
  async run(ahead = 0): Promise<void> {
    const flags = ['serve', '--demo', '--listen', `127.0.0.1:${this.port}`, '--web', this.web, ...this.place]
    const env = ahead === 0 ? process.env : { ...process.env, ...bentClock(ahead) }
    const options: SpawnOptions = { cwd: this.folder, stdio: ['ignore', 'pipe', 'pipe'], env }
    const child = spawn(PROGRAM, [...flags, ...this.settings], options)
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.said = (this.said + text).slice(-20_000)
      })
    }
    this.child = child
    await until('the server is ready', async () => {
      if (child.exitCode !== null) throw new Error(`the server ended:\n${this.said}`)
      const answer = await fetch(`${this.url}/readyz`).catch(() => null)
      return answer?.ok
    })
  }

  /** Stops it as a power cut does. */
  async stop(): Promise<void> {
    const child = this.child
    if (child === null) return
    this.child = null
    const gone = new Promise(resolve => child.once('exit', resolve))
    child.kill('SIGKILL')
    await gone
  }

  /** Backs up into a file and gives its path. */
  async backup(): Promise<string> {
    const to = join(this.folder, `backup-${Date.now()}.wyb`)
    await run(PROGRAM, ['backup', '--to', to, ...this.place])
    return to
  }

  /** Puts a backup into an empty database: the server's history begins anew from there. */
  async restore(from: string): Promise<void> {
    await this.stop()
    this.database = join(this.folder, `restored-${Date.now()}.db`)
    await run(PROGRAM, ['restore', '--from', from, ...this.place])
    await this.run()
  }

  /** Keeps the disk of the server as it is under a name. */
  async keepDisk(name: string): Promise<void> {
    await this.stop()
    this.copy(this.database, join(this.folder, `${name}.db`))
    await this.run()
  }

  /** Puts a disk of before in, as somebody does who says nothing of it: the same history, shorter. */
  async putDisk(name: string): Promise<void> {
    await this.stop()
    this.copy(join(this.folder, `${name}.db`), this.database)
    await this.run()
  }

  private copy(from: string, to: string): void {
    for (const suffix of ['', '-wal', '-shm']) {
      rmSync(to + suffix, { force: true })
      if (existsSync(from + suffix)) copyFileSync(from + suffix, to + suffix)
    }
  }

  /** The size of the sealed log, by its newest checkpoint. */
  async sealed(): Promise<number> {
    const note = await (await fetch(`${this.url}/v1/log/checkpoint`)).text()
    return Number(note.split('\n')[1])
  }

  async end(): Promise<void> {
    await this.stop()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** A phone in the terminal: another client, which shares nothing with the app. */
export class Terminal {
  private constructor(private readonly home: string) {}

  static async enrol(server: Server, number: string): Promise<Terminal> {
    const terminal = new Terminal(join(server.folder, `terminal-${number}`))
    await terminal.run('enrol', '--server', server.url, '--number', number)
    return terminal
  }

  async run(...args: string[]): Promise<string> {
    const env = { ...process.env, WUYUAN_PHONE_PASSWORD: PASSWORD, WUYUAN_PHONE_LANG: 'en' }
    const { stdout } = await run(PROGRAM, ['phone', '--home', this.home, ...args], { env })
    return stdout
  }

  /** Records something and delivers it; gives the record's id. */
  async record(...args: string[]): Promise<string> {
    const said = await this.run('record', ...args)
    const id = /saved\s+(\S+)/.exec(said)?.[1]
    if (id === undefined) throw new Error(`nothing was saved: ${said}`)
    await this.run('sync')
    return id
  }
}

/** A caller with a token: what the desk sees. */
export class Caller {
  private constructor(
    private readonly server: Server,
    private readonly token: string,
    /** In force when this caller signed in. */
    readonly appointments: { id: string; role: string; unit: string }[],
  ) {}

  static async signIn(server: Server, number: string): Promise<Caller> {
    const answer = await fetch(`${server.url}/v1/auth/sign-in`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ number, password: PASSWORD }),
    })
    if (!answer.ok) throw new Error(await answer.text())
    const session = (await answer.json()) as Pick<Caller, 'appointments'> & { access_token: string }
    return new Caller(server, session.access_token, session.appointments)
  }

  send<T>(method: string, path: string, body?: unknown): Promise<T> {
    return this.sendText(method, path, body === undefined ? null : JSON.stringify(body))
  }

  /** Sends a body as it is written. */
  async sendText<T>(method: string, path: string, body: string | null): Promise<T> {
    const answer = await fetch(this.server.url + path, {
      method,
      headers: { authorization: `Bearer ${this.token}`, 'content-type': 'application/json' },
      body,
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
    return (text === '' ? null : JSON.parse(text)) as T
  }

  async bytes(path: string): Promise<Uint8Array> {
    const answer = await fetch(this.server.url + path, { headers: { authorization: `Bearer ${this.token}` } })
    if (!answer.ok) throw new Error(`GET ${path}: ${answer.status}`)
    return new Uint8Array(await answer.arrayBuffer())
  }

  get<T>(path: string): Promise<T> {
    return this.send('GET', path)
  }
}
