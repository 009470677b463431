/** Reading an operation's text as the server will: the first of its questions (section 9, shape). */

import { utf8 } from './bytes'
import { type Catalogue, type Field, fieldAt, type Kind, kindAt, STATE_FIELD } from './catalogue'
import { isHash, isId, isUnit } from './id'
import { JsonNumber, readStrict, type Strict } from './json'
import { OP_BYTES } from './op'
import { codePoints, fits, instantMs } from './value'

const REQUIRED = ['seq', 'salt', 'gen', 'cat', 'by', 'as', 'at', 'boot', 'uptime_ms', 'record', 'kind', 'unit']
const MAPS = ['seen', 'set', 'add', 'remove']
const OPTIONAL = ['act', 'reissues', 'approves', 'proposes', 'confirms', 'decides', 'reason']
const REASON_CHARS = 1000
const SEEN_DEVICES = 256
const FINDINGS = 64
const CONCLUSIONS = ['keep_one', 'merge_fields', 'keep_both', 'link', 'return', 'void', 'reissue', 'dismiss']

type Members = Map<string, Strict>

function isWhole(value: Strict | undefined, least: number): boolean {
  return value instanceof JsonNumber && value.isInteger && value.value >= least
}

function isBoundedText(value: Strict | undefined, bytes: number): boolean {
  return typeof value === 'string' && utf8(value).length <= bytes
}

function hasOnly(value: Members, names: string[]): boolean {
  return value.size === names.length && names.every(name => value.has(name))
}

function isOpName(value: Strict): boolean {
  if (!(value instanceof Map) || !hasOnly(value, ['device', 'seq', 'hash'])) return false
  return isId(value.get('device')) && isWhole(value.get('seq'), 1) && isHash(value.get('hash'))
}

function isDecision(value: Strict): boolean {
  if (!(value instanceof Map) || !hasOnly(value, ['conclusion', 'findings'])) return false
  const findings = value.get('findings')
  if (!(findings instanceof Map) || findings.size === 0 || findings.size > FINDINGS) return false
  const sound = Array.from(findings).every(([id, basis]) => /^[0-9a-f]{32}$/.test(id) && isHash(basis))
  return sound && CONCLUSIONS.indexOf(value.get('conclusion') as string) >= 0
}

/** Whether a member that may be left out, or be null, has its form. */
const OPTIONAL_FORMS: Record<string, (value: Strict) => boolean> = {
  act: value => value instanceof Map && hasOnly(value, ['name']) && typeof value.get('name') === 'string',
  reissues: isOpName,
  approves: isHash,
  confirms: isOpName,
  decides: isDecision,
  reason: value => typeof value === 'string' && codePoints(value) <= REASON_CHARS,
}

function isEnvelope(op: Members): boolean {
  if (!REQUIRED.every(name => op.has(name))) return false
  const salt = op.get('salt')
  if (!isBoundedText(salt, 64) || (salt as string).length < 16) return false
  if (!isBoundedText(op.get('gen'), 64) || !isBoundedText(op.get('boot'), 64)) return false
  if (typeof op.get('kind') !== 'string' || !isUnit(op.get('unit'))) return false
  if (!['by', 'as', 'record'].every(name => isId(op.get(name)))) return false
  const at = op.get('at')
  if (typeof at !== 'string' || instantMs(at) === null) return false
  if (!isWhole(op.get('seq'), 1) || !isWhole(op.get('cat'), 0) || !isWhole(op.get('uptime_ms'), 0)) return false
  if (!MAPS.every(name => !op.has(name) || op.get(name) instanceof Map)) return false
  const seen = op.get('seen')
  if (seen instanceof Map) {
    if (seen.size > SEEN_DEVICES) return false
    if (!Array.from(seen).every(([device, seq]) => isId(device) && isWhole(seq, 1))) return false
  }
  const lists = [op.get('add'), op.get('remove')]
  if (!lists.every(map => !(map instanceof Map) || Array.from(map.values()).every(Array.isArray))) return false
  for (const [name, isSound] of Object.entries(OPTIONAL_FORMS)) {
    const value = op.get(name)
    if (value !== undefined && value !== null && !isSound(value)) return false
  }
  const proposes = op.get('proposes')
  if (proposes !== undefined && typeof proposes !== 'boolean') return false
  return !(proposes === true && op.get('confirms') instanceof Map)
}

/** The operation, or the code for which it cannot be read. */
export function readOp(text: string): Members | string {
  if (utf8(text).length > OP_BYTES) return 'too_large'
  const read = readStrict(text)
  if ('fault' in read) return read.fault
  const op = read.value
  if (!(op instanceof Map)) return 'malformed'
  const known = [...REQUIRED, ...MAPS, ...OPTIONAL]
  if (Array.from(op.keys()).some(name => known.indexOf(name) < 0)) return 'unknown_member'
  return isEnvelope(op) ? op : 'malformed'
}

/** What is wrong with an operation's text, and where. */
export interface Fault {
  code: string
  place: string | null
}

/** Why an operation's text would be refused for its shape, or null. */
export function judgeShape(text: string, catalogue: Catalogue): Fault | null {
  const op = readOp(text)
  if (typeof op === 'string') return { code: op, place: null }
  const cat = (op.get('cat') as JsonNumber).value
  if (cat > catalogue.version) return { code: 'cat_newer', place: null }
  const kindName = op.get('kind') as string
  const kind = kindAt(catalogue, kindName, cat)
  if (kind === undefined) return { code: 'unknown_kind', place: kindName }
  for (const [part, judge] of [
    ['set', judgeRegister],
    ['add', judgeElements],
    ['remove', judgeElements],
  ] as const) {
    for (const [name, value] of (op.get(part) as Members | undefined) ?? []) {
      const code = judgeField(kind, name, cat, field => judge(field, value, cat))
      if (code !== null) return { code, place: name }
    }
  }
  return null
}

function judgeField(kind: Kind, name: string, cat: number, isSound: (field: Field) => boolean): string | null {
  if (name === STATE_FIELD) return 'field_forbidden'
  const field = fieldAt(kind, name, cat)
  if (field === undefined) return 'unknown_field'
  return isSound(field) ? null : 'wrong_type'
}

function judgeRegister(field: Field, value: Strict, cat: number): boolean {
  return field.policy !== 'set' && (value === null || fits(field, value, cat))
}

function judgeElements(field: Field, values: Strict, cat: number): boolean {
  if (field.policy !== 'set' || !Array.isArray(values) || values.length === 0) return false
  return values.length <= (field.max_items ?? values.length) && values.every(value => fits(field, value, cat))
}
