/**
 * Strict JSON (I-JSON, RFC 7493), as the server reads operations: a duplicate key, a NUL or a lone surrogate is an
 * error, and a number keeps whether it was written as an integer. `JSON.parse` decides all of these silently.
 */

/** A number as it was written. */
export class JsonNumber {
  constructor(readonly text: string) {}

  get value(): number {
    return Number(this.text)
  }

  /** Written without fraction and exponent, and exactly kept by every implementation. */
  get isInteger(): boolean {
    return /^-?[0-9]+$/.test(this.text) && Number.isSafeInteger(this.value)
  }
}

/** A strictly read value. */
export type Strict = null | boolean | string | JsonNumber | Strict[] | Map<string, Strict>

/** Why a text cannot be read, as the verdict's code. */
export type Unreadable = 'malformed' | 'duplicate_key' | 'bad_text'

/** Most levels of nesting. */
const DEPTH = 127

class Fault extends Error {
  constructor(readonly fault: Unreadable) {
    super(fault)
  }
}

const NUMBER = /-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y
const PLAIN = /[^"\\\u0000-\u001f]*/y
const ESCAPES: Record<string, string> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
}

class Reader {
  private at = 0

  constructor(private readonly text: string) {}

  whole(): Strict {
    const value = this.value(0)
    this.space()
    if (this.at < this.text.length) throw new Fault('malformed')
    return value
  }

  private space(): void {
    while (' \t\n\r'.indexOf(this.text[this.at] ?? 'x') >= 0) this.at++
  }

  private takes(token: string): boolean {
    if (!this.text.startsWith(token, this.at)) return false
    this.at += token.length
    return true
  }

  private match(pattern: RegExp): string {
    pattern.lastIndex = this.at
    const found = pattern.exec(this.text)
    if (found === null) throw new Fault('malformed')
    this.at += found[0].length
    return found[0]
  }

  private value(depth: number): Strict {
    this.space()
    if (this.takes('{')) return this.object(depth + 1)
    if (this.takes('[')) return this.array(depth + 1)
    if (this.takes('"')) return this.string()
    if (this.takes('true')) return true
    if (this.takes('false')) return false
    if (this.takes('null')) return null
    return new JsonNumber(this.match(NUMBER))
  }

  private array(depth: number): Strict[] {
    if (depth > DEPTH) throw new Fault('malformed')
    const items: Strict[] = []
    this.space()
    if (this.takes(']')) return items
    for (;;) {
      items.push(this.value(depth))
      this.space()
      if (this.takes(']')) return items
      if (!this.takes(',')) throw new Fault('malformed')
    }
  }

  private object(depth: number): Map<string, Strict> {
    if (depth > DEPTH) throw new Fault('malformed')
    const members = new Map<string, Strict>()
    this.space()
    if (this.takes('}')) return members
    for (;;) {
      this.space()
      if (!this.takes('"')) throw new Fault('malformed')
      const name = this.string()
      this.space()
      if (!this.takes(':')) throw new Fault('malformed')
      if (members.has(name)) throw new Fault('duplicate_key')
      members.set(name, this.value(depth))
      this.space()
      if (this.takes('}')) return members
      if (!this.takes(',')) throw new Fault('malformed')
    }
  }

  private string(): string {
    let text = ''
    for (;;) {
      text += this.match(PLAIN)
      if (this.takes('"')) break
      if (!this.takes('\\')) throw new Fault('malformed')
      text += this.escape()
    }
    if (isBadText(text)) throw new Fault('bad_text')
    return text
  }

  private escape(): string {
    const sign = this.text[this.at++] ?? ''
    if (sign === 'u') return String.fromCharCode(Number.parseInt(this.match(/[0-9a-fA-F]{4}/y), 16))
    const meant = ESCAPES[sign]
    if (meant === undefined) throw new Fault('malformed')
    return meant
  }
}

/** Whether a text holds a NUL or half a character. */
export function isBadText(text: string): boolean {
  return /\u0000|[\ud800-\udbff](?![\udc00-\udfff])|(?:[^\ud800-\udbff]|^)[\udc00-\udfff]/.test(text)
}

/** Reads a text strictly. */
export function readStrict(text: string): { value: Strict } | { fault: Unreadable } {
  try {
    return { value: new Reader(text).whole() }
  } catch (error) {
    if (error instanceof Fault) return { fault: error.fault }
    throw error
  }
}
