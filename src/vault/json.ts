/**
 * JSON as a careful reader takes it. JSON.parse lets a text say two things at once: of two equal keys the last wins, and
 * `__proto__` becomes a field of its own that copying turns into a prototype. A status that reads both ways is no proof.
 */

const DEEPEST = 64
const TOKENS = /"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\]]/g

/**
 * @returns the value, or undefined where the text is not JSON, names a key twice in one object, names
 *   `__proto__`, or nests more than 64 deep.
 *   Numbers beyond 2^53 arrive rounded; the schemas take safe integers only.
 */
export function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return ambiguous(text) ? undefined : value
  } catch {
    // What the library says of it quotes the text, which may hold anything.
    return undefined
  }
}

/** Whether any object of this (valid) JSON text names a key twice or `__proto__`, or nests deeper than anything of Vault's. */
function ambiguous(text: string): boolean {
  const open: Set<string>[] = []
  for (const [token, colon] of text.matchAll(TOKENS)) {
    if (token === '{' || token === '[') {
      // Vault nests a handful; a text that is nothing but brackets would cost a set for each.
      if (open.push(new Set()) > DEEPEST) return true
    } else if (token === '}' || token === ']') open.pop()
    else if (colon !== undefined) {
      const key: unknown = JSON.parse(token.slice(0, -colon.length))
      const keys = open.at(-1)
      if (typeof key !== 'string' || key === '__proto__' || keys?.has(key)) return true
      keys?.add(key)
    }
  }
  return false
}
