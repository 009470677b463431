/** How long anything may take before a test says that it never came, ms. Far more than it needs, on a loaded machine too. */
const DEADLINE = 60_000

/** Asks until the answer is neither false, null nor undefined, and gives it. */
export async function until<T>(what: string, ask: () => Promise<T>, deadline = DEADLINE): Promise<NonNullable<T>> {
  const end = Date.now() + deadline
  for (;;) {
    const answer = await ask()
    if (answer !== false && answer !== null && answer !== undefined) return answer
    if (Date.now() > end) throw new Error(`never came: ${what}`)
    await new Promise(resolve => setTimeout(resolve, 25))
  }
}
