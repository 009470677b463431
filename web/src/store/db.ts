/**
 * The database: one IndexedDB, changed in one transaction at a time that spans all of it, so that what an answer brings,
 * the outbox and the cursors are kept together or not at all.
 *
 * IndexedDB ends a transaction that waits for anything but itself. So nothing within `change` awaits the network, WebCrypto
 * or a Blob; hashes are computed synchronously, signatures made outside.
 */

import type { Rows, StoreName } from './schema'
import { INDEXES, SCHEMA_VERSION, STORES } from './schema'

/** A key of IndexedDB. */
export type Key = string | number | (string | number)[]

/** Which rows: of an index or of the store itself, within bounds. */
export interface Query {
  index?: string
  /** Exactly this key, or everything from `from` to `to`, both included unless said. */
  only?: Key
  from?: Key
  to?: Key
  fromOpen?: boolean
  toOpen?: boolean
  limit?: number
}

/** Why the phone's data could not be read or written. */
export class StoreError extends Error {
  constructor(
    /** `phone_full`, `storage_newer`, `storage_failed` or `storage_damaged`. */
    readonly code: 'phone_full' | 'storage_newer' | 'storage_failed' | 'storage_damaged',
    detail: string,
  ) {
    super(`${code}: ${detail}`)
    this.name = 'StoreError'
  }
}

function storeError(error: unknown): Error {
  if (error instanceof StoreError) return error
  const name = error instanceof Error || error instanceof DOMException ? error.name : ''
  const detail = error instanceof Error ? error.message : String(error)
  if (name === 'QuotaExceededError') return new StoreError('phone_full', detail)
  if (name === 'VersionError') return new StoreError('storage_newer', detail)
  return new StoreError('storage_failed', detail)
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(storeError(request.error))
  })
}

function range(query: Query): IDBKeyRange | undefined {
  if (query.only !== undefined) return IDBKeyRange.only(query.only)
  const { from, to } = query
  if (from !== undefined && to !== undefined) return IDBKeyRange.bound(from, to, query.fromOpen, query.toOpen)
  if (from !== undefined) return IDBKeyRange.lowerBound(from, query.fromOpen)
  return to === undefined ? undefined : IDBKeyRange.upperBound(to, query.toOpen)
}

/** A transaction, for reading. */
export class Reading {
  constructor(protected readonly transaction: IDBTransaction) {}

  private source(store: StoreName, index: string | undefined): IDBObjectStore | IDBIndex {
    const found = this.transaction.objectStore(store)
    return index === undefined ? found : found.index(index)
  }

  /** One row. */
  get<N extends StoreName>(store: N, key: Key): Promise<Rows[N] | undefined> {
    return settled(this.transaction.objectStore(store).get(key))
  }

  /** Rows in order of their keys. */
  all<N extends StoreName>(store: N, query: Query = {}): Promise<Rows[N][]> {
    return settled(this.source(store, query.index).getAll(range(query), query.limit))
  }

  /** How many rows. */
  count(store: StoreName, query: Query = {}): Promise<number> {
    return settled(this.source(store, query.index).count(range(query)))
  }

  /** The keys of rows, in order. */
  keys(store: StoreName, query: Query = {}): Promise<IDBValidKey[]> {
    return settled(this.source(store, query.index).getAllKeys(range(query), query.limit))
  }
}

/** A transaction, for changing. */
export class Writing extends Reading {
  /** Writes a row, whole. */
  async put<N extends StoreName>(store: N, row: Rows[N], key?: Key): Promise<void> {
    await settled(this.transaction.objectStore(store).put(row, key))
  }

  /** Writes a row of a store that numbers its rows; the number. */
  async add<N extends StoreName>(store: N, row: Rows[N]): Promise<number> {
    return (await settled(this.transaction.objectStore(store).add(row))) as number
  }

  /** Removes a row. */
  async delete(store: StoreName, key: Key): Promise<void> {
    await settled(this.transaction.objectStore(store).delete(key))
  }

  /** Removes everything of a store. */
  async clear(store: StoreName): Promise<void> {
    await settled(this.transaction.objectStore(store).clear())
  }

  /** Changes a row if it is there. */
  async update<N extends StoreName>(store: N, key: Key, change: Partial<Rows[N]>): Promise<void> {
    const row = await this.get(store, key)
    if (row !== undefined) await this.put(store, Object.assign({}, row, change))
  }
}

/** The open database. */
export class Database {
  private connection: IDBDatabase | null = null

  private constructor(readonly name: string) {}

  /** Opens it, or makes it. */
  static async open(name: string): Promise<Database> {
    const made = new Database(name)
    await made.connected()
    return made
  }

  /** The connection; a new one where the browser has ended the last by itself, as it does when a disk was full. */
  private async connected(): Promise<IDBDatabase> {
    if (this.connection !== null) return this.connection
    const connection = await connect(this.name)
    const forget = () => {
      if (this.connection === connection) this.connection = null
    }
    connection.onclose = forget
    // A newer program in another tab wants to change the schema, or a sign-out there removes everything.
    connection.onversionchange = () => {
      connection.close()
      forget()
    }
    this.connection = connection
    return connection
  }

  /** Reads, from one state of the database. */
  async read<T>(work: (tx: Reading) => Promise<T>): Promise<T> {
    return work(new Reading(begin(await this.connected(), 'readonly')))
  }

  /** Changes everything that `work` changes, or nothing; durable when it resolves. */
  async change<T>(work: (tx: Writing) => Promise<T>): Promise<T> {
    const transaction = begin(await this.connected(), 'readwrite')
    const done = new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve()
      transaction.onabort = () => reject(storeError(transaction.error ?? new Error('aborted')))
    })
    let value: T
    try {
      value = await work(new Writing(transaction))
    } catch (error) {
      done.catch(() => undefined)
      try {
        transaction.abort()
      } catch {
        // The failure itself has ended it already.
      }
      throw error
    }
    await done
    return value
  }

  /** Closes it. */
  close(): void {
    this.connection?.close()
  }

  /** Removes it with everything in it. */
  async remove(): Promise<void> {
    this.connection?.close()
    await settled(indexedDB.deleteDatabase(this.name))
  }
}

function connect(name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, SCHEMA_VERSION)
    request.onupgradeneeded = event => {
      if (event.oldVersion === 0) make(request.result)
    }
    request.onerror = () => reject(storeError(request.error))
    request.onsuccess = () => resolve(request.result)
  })
}

function begin(connection: IDBDatabase, mode: IDBTransactionMode): IDBTransaction {
  try {
    return connection.transaction(STORES, mode, { durability: 'strict' })
  } catch (error) {
    throw storeError(error)
  }
}

function make(connection: IDBDatabase): void {
  for (const store of STORES) {
    const { keyPath, numbered, indexes } = INDEXES[store]
    const made = connection.createObjectStore(store, {
      ...(keyPath === undefined ? {} : { keyPath }),
      ...(numbered === true ? { autoIncrement: true } : {}),
    })
    for (const [name, path] of Object.entries(indexes ?? {})) made.createIndex(name, path)
  }
}
