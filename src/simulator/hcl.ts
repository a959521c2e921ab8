import type { Rules } from './policies.ts'
import { isFields } from './status.ts'

/** The rules of a policy, or what Vault would find wrong with its text. */
export type ParsedPolicy = { readonly rules: Rules } | { readonly problem: string }

type Value = string | readonly Value[] | ReadonlyMap<string, Value>

const capabilities = ['deny', 'create', 'read', 'update', 'delete', 'list', 'sudo', 'patch', 'subscribe', 'recover']
/** The words of the policies of Vault 0.6 and before, which it still understands. */
const oldWords: Readonly<Record<string, readonly string[]>> = {
  deny: ['deny'],
  read: ['read', 'list'],
  write: ['create', 'read', 'update', 'delete', 'list'],
  sudo: ['create', 'read', 'update', 'delete', 'list', 'sudo'],
}
const attributes = [
  'allowed_parameters',
  'capabilities',
  'control_group',
  'denied_parameters',
  'max_wrapping_ttl',
  'mfa_methods',
  'min_wrapping_ttl',
  'policy',
  'required_parameters',
  'subscribe_event_types',
]

class PolicyError extends Error {}

/** No policy is nested deeper than a list in a map in a block; text that is would only exhaust the stack. */
const maxDepth = 16

/**
 * Reads a policy as Vault's policy docs describe the language: HCL or JSON, `path` blocks with `capabilities`, comments
 * of three kinds. Parameter constraints, wrapping limits and control groups are read over and not enforced.
 */
export function parsePolicy(source: string): ParsedPolicy {
  try {
    const blocks = source.trimStart().startsWith('{') ? fromJson(source) : new Reader(source).policy()
    const rules: Record<string, readonly string[]> = {}
    for (const [path, block] of blocks) {
      const plain = path.replace(/^\//, '')
      if (plain.includes('+*')) throw new PolicyError(`path "${plain}": invalid use of wildcards ('+*' is forbidden)`)
      rules[plain] = [...new Set([...(rules[plain] ?? []), ...allowed(plain, block)])]
    }
    return { rules }
  } catch (error) {
    if (error instanceof PolicyError) return { problem: `failed to parse policy: ${error.message}` }
    throw error
  }
}

function allowed(path: string, block: ReadonlyMap<string, Value>): readonly string[] {
  for (const key of block.keys()) {
    if (!attributes.includes(key)) throw new PolicyError(`path "${path}": invalid key "${key}"`)
  }
  const given = block.get('capabilities') ?? []
  const listed = typeof given === 'string' || given instanceof Map || !Array.isArray(given) ? undefined : given
  if (listed === undefined) throw new PolicyError(`path "${path}": capabilities must be a list`)
  const found = listed.map((each) => {
    if (typeof each === 'string' && capabilities.includes(each)) return each
    throw new PolicyError(`path "${path}": invalid capability "${String(each)}"`)
  })
  const old = block.get('policy')
  if (old === undefined) return found
  const words = typeof old === 'string' ? oldWords[old] : undefined
  if (words === undefined) throw new PolicyError(`path "${path}": invalid policy "${String(old)}"`)
  return [...found, ...words]
}

function fromJson(source: string): [string, ReadonlyMap<string, Value>][] {
  let parsed: unknown
  try {
    parsed = JSON.parse(source)
  } catch {
    // Whoever sends text that begins like JSON gets to hear that it is none.
    throw new PolicyError('object expected closing RBRACE got: EOF')
  }
  const paths = isFields(parsed) && isFields(parsed.path) ? parsed.path : {}
  return Object.entries(paths).map(([path, block]) => [path, mapOf(block)])
}

function mapOf(value: unknown, depth = 0): ReadonlyMap<string, Value> {
  return new Map(isFields(value) ? Object.entries(value).map(([key, each]) => [key, asValue(each, depth + 1)]) : [])
}

function asValue(value: unknown, depth: number): Value {
  if (depth > maxDepth) throw new PolicyError('nested too deeply')
  if (Array.isArray(value)) return value.map((each: unknown) => asValue(each, depth + 1))
  return isFields(value) ? mapOf(value, depth) : String(value)
}

/** Strings keep their quotes, so that a reader can tell them from words. */
const lexeme = /\s+|#[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:[^"\\\n]|\\.)*"|[{}[\]=,:]|[\w.+-]+|[\s\S]/g

class Reader {
  readonly #tokens: readonly string[]
  #next = 0

  constructor(source: string) {
    const all = source.match(lexeme) ?? []
    this.#tokens = all.filter((token) => !/^(?:\s|#|\/\/|\/\*)/.test(token))
  }

  policy(): [string, ReadonlyMap<string, Value>][] {
    const blocks: [string, ReadonlyMap<string, Value>][] = []
    while (this.#next < this.#tokens.length) {
      const key = this.#key()
      if (key === 'path') {
        blocks.push([this.#string(), this.#block()])
        continue
      }
      if (key !== 'name') throw new PolicyError(`invalid key "${key}"`)
      this.#expect('=')
      this.#value()
    }
    return blocks
  }

  #block(depth = 0): ReadonlyMap<string, Value> {
    const fields = new Map<string, Value>()
    this.#expect('{')
    while (!this.#accept('}')) {
      const key = this.#key()
      // `key = {…}`, `key {…}` and, within JSON-like objects, `key: …` are all taken.
      if (!this.#accept('=') && !this.#accept(':') && this.#peek() !== '{') throw this.#unexpected()
      fields.set(key, this.#value(depth + 1))
      this.#accept(',')
    }
    return fields
  }

  #value(depth = 0): Value {
    if (depth > maxDepth) throw new PolicyError('nested too deeply')
    if (this.#peek() === '{') return this.#block(depth + 1)
    if (!this.#accept('[')) return this.#key()
    const list: Value[] = []
    while (!this.#accept(']')) {
      list.push(this.#value(depth + 1))
      if (this.#peek() !== ']') this.#expect(',')
    }
    return list
  }

  #key(): string {
    const token = this.#peek()
    if (token.startsWith('"') && token.length > 1) return this.#string()
    if (!/^[\w.+-]+$/.test(token)) throw this.#unexpected()
    this.#next += 1
    return token
  }

  #string(): string {
    const token = this.#peek()
    if (!/^"[\s\S]*"$/.test(token) || token.length < 2) throw this.#unexpected()
    this.#next += 1
    return token.slice(1, -1).replaceAll(/\\(.)/g, '$1')
  }

  #peek(): string {
    return this.#tokens[this.#next] ?? ''
  }

  #accept(token: string): boolean {
    if (this.#peek() !== token) return false
    this.#next += 1
    return true
  }

  #expect(token: string): void {
    if (!this.#accept(token)) throw this.#unexpected()
  }

  #unexpected(): PolicyError {
    return new PolicyError(`unexpected ${this.#peek() === '' ? 'EOF' : `token ${this.#peek()}`}`)
  }
}
