/**
 * JSON as a careful reader takes it. JSON.parse lets a text say two things at once: of two equal keys the last wins, and
 * `__proto__` becomes a field of its own that copying turns into a prototype. A status that reads both ways is no proof.
 */

/** Vault nests a handful. */
const DEEPEST = 64
/** Vault's longest lists have some hundreds. What is read out of a value costs a thousand times its text, and its time. */
const MOST = 10_000
const TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?|[{}[\]]/g

/**
 * @returns the value, or undefined where the text is not JSON, names a key twice in one object, names
 *   `__proto__`, nests more than 64 deep, or holds more than 10,000 values.
 *   Numbers beyond 2^53 arrive rounded; the schemas take safe integers only.
 */
export function parseJson(text: string): unknown {
  if (tooMuch(text)) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return ambiguous(text) ? undefined : value
  } catch {
    // What the library says of it quotes the text, which may hold anything.
    return undefined
  }
}

/** Whether a value is an object, as the body of every answer of Vault's is. */
export const isObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Whether a text would be more than an answer of Vault's, told before anything is made of it. */
function tooMuch(text: string): boolean {
  let [depth, values, quoted] = [0, 0, false]
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at]
    if (quoted) {
      if (char === '\\') at += 1
      else if (char === '"') quoted = false
    } else if (char === '"') quoted = true
    else if (char === '}' || char === ']') depth -= 1
    else if (char === '{' || char === '[' || char === ',') {
      values += 1
      if (char !== ',') depth += 1
      if (values > MOST || depth > DEEPEST) return true
    }
  }
  return false
}

/** Whether any object of this (valid) JSON text names a key twice or `__proto__`. */
function ambiguous(text: string): boolean {
  const open: Set<string>[] = []
  for (const [token, colon] of text.matchAll(TOKENS)) {
    if (token === '{' || token === '[') open.push(new Set())
    else if (token === '}' || token === ']') open.pop()
    else if (colon !== undefined) {
      const key: unknown = JSON.parse(token.slice(0, -colon.length))
      const keys = open.at(-1)
      if (typeof key !== 'string' || key === '__proto__' || keys?.has(key)) return true
      keys?.add(key)
    }
  }
  return false
}
