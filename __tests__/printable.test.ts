import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { code, printable } from '../src/printable.ts'

test.each([
  ['two\nlines', 'two lines'],
  ['carriage\r\nreturn', 'carriage return'],
  ['line\u2028separator\u2029', 'line separator'],
  ['\u001b[31mred\u001b[0m', '[31mred [0m'],
  ['tab\tand  spaces ', 'tab and spaces'],
  ['right\u202eto left', 'right to left'],
  ['zero\u200bwidth', 'zero width'],
  ['\ufeffbom', 'bom'],
  ['nul\u0000', 'nul'],
  ['', ''],
])('%j becomes %j', (text, expected) => {
  expect(printable(text)).toBe(expected)
})

const COMMAND = /(^|\n|\r)\s*::|##\[/

test.each([
  '::error::x',
  '\n::set-output name=a::b',
  '##[set-env]',
  ' ::add-mask::x',
  '#\u200b#[group]',
  ':\u200b:warning::x',
])('%j is no runner command any more', (text) => {
  expect(printable(text)).not.toMatch(COMMAND)
})

test('no text becomes a command, more than one line, or longer than it may', () => {
  const bits = fc.constantFrom(
    ':',
    '::',
    '#',
    '##',
    '##[',
    '[',
    '\n',
    '\r',
    '\u2028',
    '\u200b',
    ' ',
    'error',
    '`',
    '|',
    '\ud800',
    'ä',
    '🛑',
  )
  fc.assert(
    fc.property(fc.array(bits, { maxLength: 30 }), fc.integer({ min: 5, max: 40 }), (parts, longest) => {
      const line = printable(parts.join(''), longest)
      return !COMMAND.test(line) && !/[\n\r\u2028\u2029]/.test(line) && line.length <= longest && line.isWellFormed()
    }),
    { numRuns: 500 },
  )
})

test('a code span can not be left from inside, nor can a table cell', () => {
  const span = code('a `b` | c\n</td> ``` ')
  expect(span).toMatch(/^`[^`|\n]*`$/)
  expect(code('')).toBe('')
  expect(code(' \n ')).toBe('')
})

test('what is cut shows that it was', () => {
  expect(printable('x'.repeat(400))).toHaveLength(300)
  expect(printable('x'.repeat(400)).endsWith('…')).toBe(true)
})
