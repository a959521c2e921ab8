import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { open, seal } from '../src/sealed.ts'

const KEYS = ['hvs.CAESIJ0123456789abcdefgh', 'secret-id-5b1c0f3e']
const TOKEN = 'hvs.made-by-the-login-9876543210'

describe('state between the main and the post step', () => {
  test('opens again with the same secret inputs, whatever the text', () => {
    const keys = fc.array(fc.string(), { maxLength: 4 }).filter((list) => list.some((key) => key !== ''))
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), keys, (value, given) => {
        expect(open(seal(value, given), given)).toBe(Buffer.from(value).toString())
      }),
    )
  })

  test('shows nothing of the value or of the keys', () => {
    const sealed = seal(TOKEN, KEYS)
    expect(sealed).toMatch(/^v1\.[\w-]+$/)
    const held = Buffer.from(sealed.slice(3), 'base64url')
    for (const secret of [TOKEN, ...KEYS]) {
      expect(sealed).not.toContain(secret)
      expect(held.includes(secret)).toBe(false)
      expect(sealed).not.toContain(Buffer.from(secret).toString('base64url').slice(4, 16))
    }
  })

  test('is another text each time, so two runs can not be compared', () => {
    expect(seal(TOKEN, KEYS)).not.toBe(seal(TOKEN, KEYS))
  })

  test('keeps nothing where there is no key', () => {
    expect([seal(TOKEN, []), seal(TOKEN, ['', ''])]).toEqual(['', ''])
    expect([open('', []), open('', KEYS), open(seal(TOKEN, KEYS), [])]).toEqual([undefined, undefined, undefined])
  })

  test('passes empty inputs over, so both steps may hand over all they know', () => {
    expect(open(seal(TOKEN, ['', ...KEYS]), [...KEYS, ''])).toBe(TOKEN)
  })

  test.each([
    ['one key less', KEYS.slice(1)],
    ['another order', [...KEYS].reverse()],
    ['the same characters, cut elsewhere', [KEYS.join('').slice(0, 5), KEYS.join('').slice(5)]],
    ['the same characters as one', [KEYS.join('')]],
    ['other letters', KEYS.map((key) => key.toUpperCase())],
  ])('stays shut for %s', (_, keys) => {
    expect(open(seal(TOKEN, KEYS), keys)).toBeUndefined()
  })

  test('stays shut when any byte was changed, cut off or added', () => {
    const bytes = Buffer.from(seal(TOKEN, KEYS).slice(3), 'base64url')
    const opened = (changed: Buffer) => open(`v1.${changed.toString('base64url')}`, KEYS)
    for (const [at, byte] of bytes.entries()) {
      const changed = Buffer.from(bytes)
      changed[at] = byte ^ 1
      expect(opened(changed)).toBeUndefined()
      expect(opened(bytes.subarray(0, at))).toBeUndefined()
    }
    expect(opened(Buffer.concat([bytes, Buffer.alloc(1)]))).toBeUndefined()
    expect(opened(bytes)).toBe(TOKEN)
  })

  test('never throws, whatever stands in the state', () => {
    const sealed = seal(TOKEN, KEYS)
    for (const text of ['v1', 'v1.', 'v2.AAAA', sealed.replace('v1', 'v2'), `${sealed}.x`, '.', 'null', 'v1.ü€'])
      expect(open(text, KEYS)).toBeUndefined()
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(open(text, KEYS)).toBeUndefined()
        expect(open(`v1.${text}`, KEYS)).toBeUndefined()
      }),
    )
  })
})
