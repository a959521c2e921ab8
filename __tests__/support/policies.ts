/** The least policies as docs/policies shows them: what a run is given here is what a person would give it. */
import { readFileSync } from 'node:fs'

/** Paths and capabilities of these documents together, by their names without the ending. */
export function documented(...names: readonly string[]): Record<string, string[]> {
  const rules: Record<string, string[]> = {}
  for (const name of names) {
    const text = readFileSync(new URL(`../../docs/policies/${name}.hcl`, import.meta.url), 'utf8')
    const blocks = text.matchAll(/path "([^"]+)" \{[^}]*?capabilities = \[([^\]]*)\][^}]*\}/g)
    for (const [, path = '', list = ''] of blocks) {
      const capabilities = [...list.matchAll(/"(\w+)"/g)].map(([, word = '']) => word)
      rules[path] = [...new Set([...(rules[path] ?? []), ...capabilities])]
    }
  }
  if (Object.keys(rules).length === 0) throw new Error(`no rules in ${names.join(', ')}`)
  return rules
}
