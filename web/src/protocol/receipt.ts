/** The server's signature over verdicts (section 5.1). */

/** What became of one operation. */
export interface VerdictLine {
  seq: number
  hash: string
  fate: 'accepted' | 'held' | 'quarantined'
  code?: string | null
  arrival: number
  repeat?: boolean | null
}

/** The signed text for the lines of `verdicts` and then of `resolved`. */
export function receiptText(device: string, lines: VerdictLine[]): string {
  let text = `wuyuan-receipt-v1\n${device}\n`
  for (const line of lines) text += `${line.seq} ${line.hash} ${line.fate} ${line.code ?? '-'} ${line.arrival}\n`
  return text
}
