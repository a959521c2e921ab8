import { expect, test } from '@jest/globals'
import { capabilitiesOn } from '../../src/simulator/policies.ts'

test('an exact rule beats a glob, and the longest glob beats the others', () => {
  const policy = { 'sys/*': ['read'], 'sys/replication/*': ['list'], 'sys/replication/dr/status': ['update'] }
  expect(capabilitiesOn('sys/health', [policy])).toEqual(['read'])
  expect(capabilitiesOn('sys/replication/x', [policy])).toEqual(['list'])
  expect(capabilitiesOn('sys/replication/dr/status', [policy])).toEqual(['update'])
  expect(capabilitiesOn('secret/x', [policy])).toEqual([])
})

test('several policies add up on the same path, and deny ends it', () => {
  expect(capabilitiesOn('a', [{ a: ['read'] }, { a: ['update', 'sudo'] }])).toEqual(['read', 'sudo', 'update'])
  expect(capabilitiesOn('a', [{ a: ['read'] }, { a: ['deny'] }])).toEqual([])
})
