/** What docs/fidelity.md calls unknown of the form of Vault's answers, and that the parsers take either. */
import { expect, test } from '@jest/globals'
import * as schemas from '../src/vault/schemas.ts'

const STATUS = {
  mode: 'primary',
  last_dr_wal: 223,
  last_wal: 223,
  ssct_generation_counter: 1,
  secondaries: [{ replication_primary_canary_age_ms: '696', last_heartbeat: '2024-03-04T10:05:56-05:00' }],
}

test('a count is a number or a string of digits, whichever Vault writes', () => {
  const told = schemas.replication.parse(STATUS)
  expect(told).toMatchObject({ last_dr_wal: 223, ssct_generation_counter: 1 })
  expect(told.secondaries?.[0]?.replication_primary_canary_age_ms).toBe(696)
  const theOtherWay = {
    ...STATUS,
    last_dr_wal: '223',
    last_wal: '223',
    ssct_generation_counter: '1',
    secondaries: [{ ...STATUS.secondaries[0], replication_primary_canary_age_ms: 696 }],
  }
  expect(schemas.replication.parse(theOtherWay)).toEqual(told)
})

test('a count beyond what is held exactly is none', () => {
  expect(schemas.replication.safeParse({ ...STATUS, last_dr_wal: 2 ** 60 }).success).toBe(false)
  expect(schemas.replication.safeParse({ ...STATUS, last_dr_wal: '9'.repeat(20) }).success).toBe(false)
})

test('of a status nothing but its mode has to be there, and an empty list may be null', () => {
  const bare = schemas.replication.parse({ mode: 'primary' })
  expect(bare).toEqual({ mode: 'primary' })
  const nulls = { known_secondaries: null, secondaries: null, primaries: null, state: null, last_dr_wal: null }
  expect(schemas.replication.parse({ mode: 'primary', ...nulls })).toEqual({
    mode: 'primary',
    known_secondaries: [],
    secondaries: [],
    primaries: [],
  })
})
