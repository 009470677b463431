/** The real program, as a process of its own, with the demonstration district. */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { copyFileSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The password of everybody in the demonstration. */
export const PASSWORD = 'demo-only-641'
/** How long a server may take to start, ms. */
const DEADLINE_MS = 60_000

function program(): string {
  const target = process.env.CARGO_TARGET_DIR ?? fileURLToPath(new URL('../../../target', import.meta.url))
  const path = join(target, 'debug/wuyuan')
  if (!existsSync(path)) throw new Error(`there is no ${path}: run \`cargo build --package wuyuan\` first`)
  return path
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.on('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      probe.close(() => resolve(port))
    })
  })
}

/** A running server. */
export class Server {
  private child: ChildProcess | null = null
  private base = 'first'

  private constructor(
    private readonly folder: string,
    private readonly port: number,
    private readonly settings: string[],
  ) {}

  /** Starts one on an empty database. */
  static async demo(settings: string[] = []): Promise<Server> {
    const folder = mkdtempSync(join(tmpdir(), 'wuyuan-web-'))
    const server = new Server(folder, await freePort(), [
      '--admin-totp',
      'false',
      '--rate-per-member',
      '1000000',
      ...settings,
    ])
    await server.start(['--demo'])
    return server
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  private get database(): string {
    return `sqlite://${join(this.folder, `${this.base}.db`)}`
  }

  private get blobs(): string {
    return `file://${join(this.folder, `${this.base}-blobs`)}`
  }

  private where(): string[] {
    return ['--database', this.database, '--blobs', this.blobs]
  }

  /** Starts it on its port and waits until it is ready. */
  async start(more: string[] = []): Promise<void> {
    const log = openSync(join(this.folder, 'log'), 'a')
    const args = ['serve', '--listen', `127.0.0.1:${this.port}`, ...this.where(), ...this.settings, ...more]
    const child = spawn(program(), args, { cwd: this.folder, stdio: ['ignore', log, log] })
    this.child = child
    const deadline = Date.now() + DEADLINE_MS
    for (;;) {
      const ready = await fetch(`${this.url}/readyz`).then(
        answer => answer.ok,
        () => false,
      )
      if (ready) return
      if (child.exitCode !== null || Date.now() > deadline) {
        throw new Error(`the server does not start: ${readFileSync(join(this.folder, 'log'), 'utf8')}`)
      }
      await new Promise(resolve => setTimeout(resolve, 50))
    }
  }

  /** Kills it. */
  async kill(): Promise<void> {
    const child = this.child
    if (child === null) return
    this.child = null
    if (child.exitCode !== null) return
    const ended = new Promise(resolve => child.once('exit', resolve))
    child.kill('SIGKILL')
    await ended
  }

  /** Backs it up while it runs; the file. */
  backup(name: string): string {
    const file = join(this.folder, `${name}.backup`)
    execFileSync(program(), ['backup', '--to', file, ...this.where()], { cwd: this.folder, stdio: 'pipe' })
    return file
  }

  /** Puts a backup into a new database and starts on it: a new generation. */
  async restore(file: string): Promise<void> {
    await this.kill()
    this.base = `after-${this.base}`
    execFileSync(program(), ['restore', '--from', file, ...this.where()], { cwd: this.folder, stdio: 'pipe' })
    await this.start()
  }

  /** Copies the database of the stopped server, or puts such a copy back. */
  private copy(from: string, to: string): void {
    for (const suffix of ['', '-wal', '-shm']) {
      const name = (base: string) => join(this.folder, `${base}.db${suffix}`)
      rmSync(name(to), { force: true })
      if (existsSync(name(from))) copyFileSync(name(from), name(to))
    }
  }

  /** Stops it, keeps its disk as it is under a name, and starts it again. */
  async keepDisk(name: string): Promise<void> {
    await this.kill()
    this.copy(this.base, name)
    await this.start()
  }

  /** Puts a disk of before in, as somebody does who says nothing of it: the same history, shorter. */
  async putDisk(name: string): Promise<void> {
    await this.kill()
    this.copy(name, this.base)
    await this.start()
  }

  /** Ends it and removes what it had. */
  async end(): Promise<void> {
    await this.kill()
    rmSync(this.folder, { recursive: true, force: true })
  }

  /** A request as nobody's phone, with a member's token. */
  async api(
    number: string,
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ status: number; body: Record<string, never> }> {
    const token = await this.token(number)
    const answer = await fetch(this.url + path, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    return { status: answer.status, body: text === '' ? {} : JSON.parse(text) }
  }

  private async token(number: string): Promise<string> {
    const answer = await fetch(`${this.url}/v1/auth/sign-in`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ number, password: PASSWORD }),
    })
    return ((await answer.json()) as { access_token: string }).access_token
  }
}
