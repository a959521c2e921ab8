import { readFileSync } from 'node:fs'

/** One input or output as action.yml declares it; every value is text, as the runner passes it. */
export interface Declared {
  readonly description: string
  readonly default?: string
  readonly required?: string
}

/**
 * action.yml, as far as its form goes: sections, names two spaces in, fields four spaces in, a field's further lines
 * deeper still. No YAML parser is a dependency of this project, and this file needs none.
 */
export function readActionYml(section: 'inputs' | 'outputs'): Map<string, Declared> {
  const lines = readFileSync(new URL('../../action.yml', import.meta.url), 'utf8').split('\n')
  const declared = new Map<string, Record<string, string>>()
  let within = false
  let name = ''
  let field = ''
  for (const line of lines) {
    const [, top] = /^(\S[^:]*):/.exec(line) ?? []
    const [, second] = /^ {2}([^\s#][^:]*):/.exec(line) ?? []
    const [, third, value] = /^ {4}([^\s#][^:]*):\s*(.*)$/.exec(line) ?? []
    if (top !== undefined) within = top === section
    if (!within) continue
    if (second !== undefined) {
      name = second
      declared.set(name, {})
    } else if (third !== undefined) {
      field = third
      set(declared, name, field, /^[>|]-?$/.test(value ?? '') ? '' : scalar(value ?? ''))
    } else if (/^ {6}/.test(line)) {
      const before = declared.get(name)?.[field] ?? ''
      set(declared, name, field, `${before} ${line.trim()}`.trim())
    }
  }
  return new Map([...declared].map(([key, fields]) => [key, { description: '', ...fields }]))
}

function set(declared: Map<string, Record<string, string>>, name: string, field: string, value: string): void {
  const fields = declared.get(name)
  if (fields === undefined) throw new Error(`action.yml has a field ${field} outside of any entry`)
  fields[field] = value
}

/** A plain or quoted scalar on one line. */
function scalar(text: string): string {
  const trimmed = text.trim()
  if (/^'.*'$/.test(trimmed)) return trimmed.slice(1, -1).replaceAll("''", "'")
  if (/^".*"$/.test(trimmed)) return String(JSON.parse(trimmed))
  return trimmed
}
