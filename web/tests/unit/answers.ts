/** Requests and answers of a scripted server. */

/** A request as the server sees it. */
export interface Asked {
  method: string
  path: string
  token: string | null
  headers: Record<string, string>
  // biome-ignore lint/suspicious/noExplicitAny: whatever the phone sends
  body: any
  bytes: Blob | null
}

/** An answer: undefined lets the server answer as it would. */
export type Script = (asked: Asked) => Response | undefined | Promise<Response | undefined>

export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } })
}

export function problem(
  status: number,
  code: string,
  more: object = {},
  headers: Record<string, string> = {},
): Response {
  const body = { type: `urn:${code}`, title: code, status, code, detail: code, request_id: 'r', ...more }
  return json(body, status, { 'content-type': 'application/problem+json', ...headers })
}

/** The texts of a push as they stand in the request. */
export function opTexts(text: string, count: number): string[] {
  const start = text.indexOf('"ops":[') + 7
  const texts: string[] = []
  let [depth, inside, from] = [0, false, start]
  for (let at = start; texts.length < count; at++) {
    const sign = text[at]
    if (inside) {
      if (sign === '\\') at++
      else if (sign === '"') inside = false
    } else if (sign === '"') inside = true
    else if (sign === '{') depth++
    else if (sign === '}' && --depth === 0) {
      texts.push(text.slice(from, at + 1))
      from = at + 2
    }
  }
  return texts
}
