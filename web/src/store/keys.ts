/**
 * A device's key. Where the browser knows Ed25519 the key is made and kept by it and can never be read out; else
 * tweetnacl is loaded, and the server is told that this key lies in software.
 */

import { isPlausible } from '../protocol/ed25519'

/** A key as it lies in the database. */
export type StoredKey =
  | { kind: 'non_extractable'; privateKey: CryptoKey; publicKey: Uint8Array<ArrayBuffer> }
  | { kind: 'software'; seed: Uint8Array<ArrayBuffer>; publicKey: Uint8Array<ArrayBuffer> }

const ED25519 = { name: 'Ed25519' }

async function makeInBrowser(): Promise<StoredKey | null> {
  try {
    const pair = (await crypto.subtle.generateKey(ED25519, false, ['sign', 'verify'])) as CryptoKeyPair
    const publicKey = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey))
    return { kind: 'non_extractable', privateKey: pair.privateKey, publicKey }
  } catch {
    // This browser does not know the algorithm.
    return null
  }
}

/** Makes a key; `software` keeps it out of the browser's hands even where it could be there. */
export async function makeKey(software = false): Promise<StoredKey> {
  const made = software ? null : await makeInBrowser()
  if (made !== null) return made
  const { default: nacl } = await import('tweetnacl')
  const seed = crypto.getRandomValues(new Uint8Array(32))
  const publicKey = Uint8Array.from(nacl.sign.keyPair.fromSeed(seed).publicKey)
  return { kind: 'software', seed, publicKey }
}

/** Ed25519 over a message. */
export async function sign(key: StoredKey, message: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  if (key.kind === 'non_extractable') return new Uint8Array(await crypto.subtle.sign(ED25519, key.privateKey, message))
  const { default: nacl } = await import('tweetnacl')
  return Uint8Array.from(nacl.sign.detached(message, nacl.sign.keyPair.fromSeed(key.seed).secretKey))
}

/** Whether a signature is that of a public key, strictly. */
export async function verify(
  publicKey: Uint8Array<ArrayBuffer>,
  message: Uint8Array<ArrayBuffer>,
  signature: Uint8Array<ArrayBuffer>,
  software = false,
): Promise<boolean> {
  if (!isPlausible(publicKey, signature)) return false
  const imported = software ? null : await importPublic(publicKey)
  if (imported !== null) return crypto.subtle.verify(ED25519, imported, signature, message)
  const { default: nacl } = await import('tweetnacl')
  return nacl.sign.detached.verify(message, signature, publicKey)
}

async function importPublic(publicKey: Uint8Array<ArrayBuffer>): Promise<CryptoKey | null> {
  try {
    return await crypto.subtle.importKey('raw', publicKey, ED25519, false, ['verify'])
  } catch {
    // The algorithm is not known, or the bytes are no point: tweetnacl then says which.
    return null
  }
}
