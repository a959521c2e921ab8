import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { parseJson } from '../../src/vault/json.ts'

test.each<[string, unknown]>([
  ['{"data":{"mode":"primary"}}', { data: { mode: 'primary' } }],
  ['[1,2,{"a":null}]', [1, 2, { a: null }]],
  ['"text"', 'text'],
  ['{"a":{"b":1},"b":{"a":2}}', { a: { b: 1 }, b: { a: 2 } }],
  ['[{"a":1},{"a":2}]', [{ a: 1 }, { a: 2 }]],
  ['{"a":"{\\"a\\":1,\\"a\\":2}"}', { a: '{"a":1,"a":2}' }],
  ['{"a":"__proto__"}', { a: '__proto__' }],
  [`{"a":"${'\\",[{'.repeat(50_000)}"}`, { a: '",[{'.repeat(50_000) }],
])('%.60s is read as it stands', (text, value) => {
  expect(parseJson(text)).toEqual(value)
})

test.each([
  ['two equal keys', '{"mode":"primary","mode":"secondary"}'],
  ['two equal keys further in', '{"data":{"mode":"primary","x":[1,{"y":2}],"mode":"secondary"}}'],
  ['equal keys, one of them escaped', '{"mode":1,"\\u006dode":2}'],
  ['equal keys with white space before the colon', '{"mode" :1,"mode"\n:2}'],
  ['__proto__', '{"__proto__":{"mode":"primary"}}'],
  ['__proto__, escaped', '{"\\u005f_proto__":{"mode":"primary"}}'],
  ['nothing', ''],
  ['no JSON', '<html>'],
  ['half of it', '{"data":{"mode":"pri'],
  ['more than one', '{} {}'],
  ['too many brackets', `${'['.repeat(100)}${']'.repeat(100)}`],
  ['far too many brackets', '['.repeat(200_000)],
  ['more values than any answer of Vault has', `{"data":{"secondaries":[${'{},'.repeat(10_000)}{}]}}`],
])('%s is no answer', (_name, text) => {
  expect(parseJson(text)).toBeUndefined()
})

test('whatever JSON.stringify writes is read back', () => {
  const value = fc.jsonValue({ maxDepth: 5 })
  const plain = (each: unknown): boolean => !JSON.stringify(each).includes('"__proto__":')
  fc.assert(
    fc.property(value, (each) => {
      fc.pre(plain(each))
      expect(parseJson(JSON.stringify(each, null, 1))).toEqual(JSON.parse(JSON.stringify(each)))
    }),
  )
})
