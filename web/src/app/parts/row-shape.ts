/**
 * How tall a row of the record list is, before it is drawn. A title takes the lines that it needs, at most three, and only the rows
 * in the window are drawn; so the height of every row follows from its texts alone. What is reckoned here is what the row then gets:
 * a text that turns out wider is cut within its row and moves no other.
 */

/** What a row says. */
export interface RowText {
  title: string
  under: string
  badges: readonly string[]
}

/** How many lines it gets, and its height with the gap below it, px. */
export interface RowShape {
  title: number
  under: number
  height: number
}

/** Most lines of a title, and of what stands under it. */
const MOST_LINES = 3
/** Height of a line, in the size of its text. */
const LINE = 1.5
/** Beside a badge's text: its sign, padding, border and margin, px. */
const BADGE_WIDTH = 60
const BADGE_HEIGHT = 14
/** The padding and border of a row and the gap below it, px. */
const AROUND = 36

/** Signs that do not begin a line, and those that do not end one. */
const CLOSING = '，。、；：？！）》」』”’…·%,.;:?!)'
const OPENING = '（《「『“‘('

/** The width of a sign in the size of its text, rather too much than too little. */
function widthOf(sign: string): number {
  if (sign.charCodeAt(0) >= 0xa0 || 'MWmw@%'.indexOf(sign) >= 0) return 1
  if (sign >= 'A' && sign <= 'Z') return 0.75
  return sign === ' ' ? 0.35 : 0.62
}

/** What is never broken: a word, or a character with the signs that belong to it. */
function pieces(text: string): number[] {
  const found: number[] = []
  let before = ' '
  for (const sign of text) {
    const isWord = sign.charCodeAt(0) < 0xa0 && sign !== ' '
    const isJoined =
      (isWord && before.charCodeAt(0) < 0xa0 && before !== ' ') ||
      sign === ' ' ||
      CLOSING.indexOf(sign) >= 0 ||
      OPENING.indexOf(before) >= 0
    if (isJoined && found.length > 0) found.push((found.pop() ?? 0) + widthOf(sign))
    else found.push(widthOf(sign))
    before = sign
  }
  return found
}

/** How many lines a text takes in a width given in the size of its text. */
export function linesOf(text: string, width: number): number {
  let lines = 1
  let used = 0
  for (const piece of pieces(text)) {
    if (used + piece <= width) used += piece
    else if (piece <= width) {
      lines++
      used = piece
    } else {
      // A word that is longer than a line begins on one of its own and is broken.
      lines += Math.ceil(piece / width) - (used === 0 ? 1 : 0)
      used = piece % width
    }
  }
  return lines
}

/** The shape of a row whose texts have `size` px and `width` px of room. */
export function shapeOf(text: RowText, size: number, width: number): RowShape {
  const most = (words: string) => Math.min(MOST_LINES, linesOf(words, width / size))
  const [title, under] = [most(text.title), most(text.under)]
  let badges = 0
  let left = 0
  for (const badge of text.badges) {
    const inside = linesOf(badge, (width - BADGE_WIDTH) / size)
    const wide = pieces(badge).reduce((sum, piece) => sum + piece, 0) * size + BADGE_WIDTH
    // One that is broken fills its row.
    if (wide > left) badges += inside * LINE * size + BADGE_HEIGHT
    left = (wide > left ? width : left) - wide
  }
  return { title, under, height: Math.ceil((title + under) * LINE * size + badges + AROUND) }
}
