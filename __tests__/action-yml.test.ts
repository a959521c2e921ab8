import { expect, test } from '@jest/globals'
import { INPUTS } from '../src/inputs.ts'
import { readActionYml } from './support/action-yml.ts'
import { OUTPUTS } from './support/invariants.ts'

const declared = readActionYml('inputs')
const schema = new Map(Object.entries(INPUTS))

test('action.yml declares every input that is read, and no other', () => {
  expect([...declared.keys()].sort((a, b) => a.localeCompare(b))).toEqual(
    [...schema.keys()].sort((a, b) => a.localeCompare(b)),
  )
})

test('an input that is not given is what its default in action.yml says', () => {
  for (const [name, { default: text = '' }] of declared) {
    const read = schema.get(name)
    const left = read?.safeParse(undefined)
    const asDeclared = text === '' ? left : read?.safeParse(text)
    expect([name, asDeclared]).toEqual([name, left])
  }
})

test('what has no default is required by both, or by neither', () => {
  for (const [name, { required, default: text = '' }] of declared) {
    const optional = schema.get(name)?.safeParse(undefined).success === true
    expect([name, required === 'true', text]).toEqual([name, !optional, optional ? text : ''])
  }
})

test('action.yml declares every output, and no other', () => {
  const names = [...readActionYml('outputs').keys()].sort((a, b) => a.localeCompare(b))
  expect(names).toEqual([...OUTPUTS].sort((a, b) => a.localeCompare(b)))
})

test('everything is described, in a sentence', () => {
  for (const section of ['inputs', 'outputs'] as const) {
    for (const [name, { description }] of readActionYml(section))
      expect([name, description]).toEqual([name, expect.stringMatching(/^\S.*[.`]$/s)])
  }
})
