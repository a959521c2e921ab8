import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { Secrets } from '../src/secrets.ts'
import { formsOf } from './support/invariants.ts'

const TOKEN = 'hvb.AAAAAQJ0aGlzIGlzIG5vdCBhIHJlYWwgdG9rZW4_-+/=x'
const redacting = (...secrets: string[]): Secrets => {
  const all = new Secrets()
  for (const secret of secrets) all.add(secret)
  return all
}

test.each(formsOf(TOKEN))('a token as %s is redacted', (form) => {
  const clean = redacting(TOKEN).redact(`before ${form} after`)
  expect(clean).not.toContain(form)
  expect(clean).toMatch(/^before .*\[redacted\].* after$/)
})

test('inside a longer text that was encoded as a whole', () => {
  for (const encoding of ['base64', 'base64url', 'hex'] as const) {
    for (const before of ['', 'x', 'xy', 'token: ']) {
      const encoded = Buffer.from(`${before}${TOKEN} and more`).toString(encoding)
      const left = redacting(TOKEN).redact(encoded)
      for (const form of formsOf(TOKEN)) expect(left).not.toContain(form)
      expect(left).toContain('[redacted]')
    }
  }
})

test('whatever the token and whatever is around it, no form of it stays', () => {
  const token = fc.string({ unit: fc.constantFrom(...'abcXYZ0189._-+/=~!'), minLength: 16, maxLength: 80 })
  fc.assert(
    fc.property(
      token,
      fc.string({ maxLength: 10 }),
      fc.constantFrom(...(['base64', 'base64url', 'hex', 'latin1'] as const)),
      (secret, around, how) => {
        const text = Buffer.from(`${around}${secret}${around}`).toString(how)
        const clean = redacting(secret).redact(text)
        return formsOf(secret).every((form) => !clean.includes(form))
      },
    ),
    { numRuns: 300 },
  )
})

test('a key is redacted line by line, and its fences stay', () => {
  const key =
    '-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49AgEGCCqGSM49\nAwEHBG0wawIBAQQgnotarealkey01234\n-----END PRIVATE KEY-----'
  const clean = redacting(key).redact(`error at AwEHBG0wawIBAQQgnotarealkey01234 of -----BEGIN PRIVATE KEY-----`)
  expect(clean).toBe('error at [redacted] of -----BEGIN PRIVATE KEY-----')
})

test('of two tokens of which one begins the other neither leaves an end behind', () => {
  expect(redacting('abcdefgh', 'abcdefghijklmnop').redact('abcdefghijklmnop abcdefgh')).toBe('[redacted] [redacted]')
})

test('short values are no secrets, for they would swallow the log', () => {
  expect(redacting('root', '', '   ').redact('the root of it')).toBe('the root of it')
})

test('line ends around a secret do not hide it', () => {
  expect(redacting(`${TOKEN}\r\n`).redact(TOKEN)).toBe('[redacted]')
})

test('as JSON shows it', () => {
  const secret = 'quote"and\\slash-abcdef'
  expect(redacting(secret).redact(JSON.stringify({ secret }))).toBe('{"secret":"[redacted]"}')
})

test.each([
  ['cut in two', `${TOKEN.slice(0, 20)} ... ${TOKEN.slice(20)}`],
  ['without its beginning', TOKEN.slice(3)],
  ['its first half', TOKEN.slice(0, 24)],
  ['in capitals', TOKEN.toUpperCase()],
  ['a character a line', [...TOKEN].join('\n')],
  ['with unseen characters between', [...TOKEN].join('\u200b')],
  ['every byte in percent', [...Buffer.from(TOKEN)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')],
  ['escaped as JSON does', [...TOKEN].map((one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')],
  ['as entities', [...TOKEN].map((one) => `&#${one.charCodeAt(0)};`).join('')],
  ['base64 of base64', Buffer.from(Buffer.from(TOKEN).toString('base64')).toString('base64')],
])('a server that gives a token back %s is withheld', (_, text) => {
  expect(redacting(TOKEN).redactForeign(`no: ${text}`)).toBe('[withheld: it holds a part of a secret]')
})

test('an ordinary error of Vault is shown as it is', () => {
  const said = '1 error occurred:\n\t* permission denied\n\n'
  expect(redacting(TOKEN).redactForeign(said)).toBe(said)
})
