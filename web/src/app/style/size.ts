/** The reader's text size. It belongs to this browser, not to the member, and is there before anything else is. */

/** Pixels of the root's font; everything else is in proportion. */
export const SIZES = { normal: 18, large: 24, largest: 30 } as const

export type SizeName = keyof typeof SIZES

const KEY = 'text-size'

function isSize(name: string | null): name is SizeName {
  return name !== null && Object.keys(SIZES).indexOf(name) >= 0
}

/** The size that was chosen; the normal one where none was, or where the browser keeps nothing. */
export function chosenSize(): SizeName {
  try {
    const kept = localStorage.getItem(KEY)
    return isSize(kept) ? kept : 'normal'
  } catch {
    // A browser that forbids this storage shows the normal size.
    return 'normal'
  }
}

/** Shows the page in a size. */
export function applySize(name: SizeName): void {
  document.documentElement.style.fontSize = `${SIZES[name]}px`
}

/** Chooses a size: shown at once, and kept. */
export function chooseSize(name: SizeName): void {
  applySize(name)
  try {
    localStorage.setItem(KEY, name)
  } catch {
    // It holds until the page is closed.
  }
}

/** The size of the page's text now, px. */
export function textSize(): number {
  return Number.parseFloat(getComputedStyle(document.documentElement).fontSize)
}
