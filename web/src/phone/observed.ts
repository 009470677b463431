/** A value that changes, and tells who listens. */

import type { Observable } from '../phone'

/** One that can be set. */
export class Observed<T> implements Observable<T> {
  private readonly listeners = new Set<(value: T) => void>()

  constructor(private value: T) {}

  get(): T {
    return this.value
  }

  set(value: T): void {
    this.value = value
    for (const listener of Array.from(this.listeners)) listener(value)
  }

  subscribe(listener: (value: T) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }
}
