import type {ErrorItem} from '@rch/contract/documents'
import {HEX} from './identities.ts'

// How the sample run ends: one test fails.

export const FAILURE: ErrorItem = {
  error_code: 'tests_failed',
  failure_kind: 'XCODEBUILD',
  message: '1 tests failed.',
  hint: 'Read the failures above.',
  retryable: false,
  data: {failed: 1},
}

export const COUNTS = {
  errors: 0,
  warnings: 1,
  tests_total: 2,
  tests_passed: 1,
  tests_failed: 1,
  tests_skipped: 0,
  tests_expected_failures: 0,
}

export const place = {
  message: 'XCTAssertEqual failed',
  file: 'AppTests/CartTests.swift',
  line: 12,
  column: null,
  details: ['("1") is not equal to ("2")'],
}

export const identity = {
  id: 'AppTests/CartTests/testTotal',
  target: 'AppTests',
  suite: 'CartTests',
  name: 'testTotal',
  framework: 'xctest',
  display_name: null,
} as const

export const subject = [{name: 'manifest.json', digest: {sha256: HEX('f')}}]
