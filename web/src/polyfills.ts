/**
 * What browsers from Chromium 64 on lack and this app uses. Imported before everything else, and only filling gaps.
 */

/** Defines a method where there is none, invisible to `for … in` as a built-in one is. */
function fill(target: object, name: string, value: unknown): void {
  if (name in target) return
  Object.defineProperty(target, name, { value, writable: true, configurable: true, enumerable: false })
}

if (typeof globalThis === 'undefined') {
  Object.defineProperty(self, 'globalThis', { value: self, writable: true, configurable: true })
}

fill(self, 'queueMicrotask', (task: () => void) => {
  Promise.resolve()
    .then(task)
    .catch(error =>
      setTimeout(() => {
        throw error
      }),
    )
})

fill(self.crypto, 'randomUUID', () => {
  const bytes = self.crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = Array.from(bytes, byte => (byte + 0x100).toString(16).slice(1)).join('')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
})

fill(Object, 'fromEntries', (entries: Iterable<readonly [PropertyKey, unknown]>) => {
  const made: Record<PropertyKey, unknown> = {}
  for (const [key, value] of entries) made[key] = value
  return made
})

fill(Array.prototype, 'flat', function (this: unknown[], depth = 1): unknown[] {
  const flatten = (list: unknown[], left: number): unknown[] =>
    list.reduce<unknown[]>(
      (all, one) => all.concat(Array.isArray(one) && left > 0 ? flatten(one, left - 1) : [one]),
      [],
    )
  return flatten(this, depth)
})

fill(Array.prototype, 'flatMap', function (this: unknown[], make: (one: unknown, index: number) => unknown) {
  return this.map(make).reduce<unknown[]>((all, one) => all.concat(one), [])
})

fill(Array.prototype, 'at', function (this: unknown[], index: number) {
  return this[index < 0 ? this.length + index : index]
})

fill(String.prototype, 'replaceAll', function (this: string, from: string, to: string) {
  return this.split(from).join(to)
})

fill(Promise, 'allSettled', (promises: Iterable<unknown>) =>
  Promise.all(
    Array.from(promises, one =>
      Promise.resolve(one).then(
        value => ({ status: 'fulfilled', value }),
        reason => ({ status: 'rejected', reason }),
      ),
    ),
  ),
)

fill(Blob.prototype, 'arrayBuffer', function (this: Blob) {
  return new Response(this).arrayBuffer()
})

fill(Blob.prototype, 'text', function (this: Blob) {
  return new Response(this).text()
})

fill(Element.prototype, 'replaceChildren', function (this: Element, ...children: (Node | string)[]) {
  while (this.lastChild !== null) this.removeChild(this.lastChild)
  this.append(...children)
})
