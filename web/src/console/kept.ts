/** What was entered about a finding, kept for as long as this window is open: also over a reload and another finding. */

import { type Choice, undecided } from '../desk/decision'

const key = (finding: string) => `finding ${finding}`

/** What was entered before; null: nothing. */
export function keptChoice(finding: string): Choice | null {
  try {
    const text = sessionStorage.getItem(key(finding))
    return text === null ? null : { ...undecided('dismiss'), ...(JSON.parse(text) as Partial<Choice>) }
  } catch {
    // A browser that keeps nothing for pages begins anew.
    return null
  }
}

/** Keeps what is entered; null: it was sent. */
export function keepChoice(finding: string, choice: Choice | null): void {
  try {
    if (choice === null) sessionStorage.removeItem(key(finding))
    else sessionStorage.setItem(key(finding), JSON.stringify(choice))
  } catch {
    // It holds until the page is closed.
  }
}
