import type {FailurePlace} from '@rch/contract/events'
import {failedTests, type FailedTestView, type TestFindings, type TestRow} from '../findings.ts'
import {visible, visibleLines} from '../visible.ts'
import {placeText} from '../words.ts'
import type {HtmlFailedTest, HtmlFailure, HtmlTest, HtmlTests} from './client/model.ts'
import {htmlDifferences, shown} from './html-build.ts'
import {placeOfTest, type PlaceOf} from './log-places.ts'

/** The tests' part of a page. Fields that say nothing are left out of the rows: there may be tens of thousands. */
export function htmlTests(tests: TestFindings, again: (view: FailedTestView) => string | null, placeOf: PlaceOf): HtmlTests {
  const {total, passed, failed, skipped, expected_failures, crashed, retried, truncated, differences} = tests
  return {
    total,
    counts: {
      failed,
      passed,
      skipped,
      expected_failure: expected_failures,
      unknown: Math.max(0, total - failed - passed - skipped - expected_failures),
    },
    crashed,
    retried,
    rows: tests.tests.map((row) => rowOf(row, placeOf)),
    truncated,
    failed: failedTests(tests).map((view) => failedOf(view, again, placeOf)),
    differences: htmlDifferences(differences),
  }
}

function rowOf(row: TestRow, placeOf: PlaceOf): HtmlTest {
  const {test, outcome, repetitions, failures, tags} = row
  const place = outcome === 'failed' ? placeOfTest(placeOf, test.id, failures) : null
  return {
    id: visible(test.id),
    ...(test.display_name === null || test.display_name === test.name ? {} : {display: visible(test.display_name)}),
    ...(row.arguments === null ? {} : {arguments: visible(row.arguments)}),
    ...(row.device === null ? {} : {device: visible(row.device)}),
    ...(row.configuration === null ? {} : {configuration: visible(row.configuration)}),
    outcome,
    ...(row.seconds === null ? {} : {seconds: Math.round(row.seconds * 1e6) / 1e6}),
    ...(failures.length === 0 ? {} : {failures: failures.map(failureOf)}),
    ...(row.reason === null ? {} : {reason: shown(row.reason)}),
    ...(row.crashed ? {crashed: true} : {}),
    ...(row.timed_out ? {timed_out: true} : {}),
    ...(outcome !== 'failed' && repetitions.some((one) => one.outcome === 'failed') ? {retried: true} : {}),
    ...(tags.length === 0 ? {} : {tags: tags.map(visible)}),
    ...(repetitions.length === 0 ? {} : {repetitions: repetitions.map((one) => ({...one, failures: one.failures.map(failureOf)}))}),
    ...(place === null ? {} : {log: place}),
  }
}

function failedOf(view: FailedTestView, again: (view: FailedTestView) => string | null, placeOf: PlaceOf): HtmlFailedTest {
  const {test, devices, failures, crashed, timed_out, seconds} = view
  const command = again(view)
  return {
    id: visible(test.id),
    display: test.display_name === null || test.display_name === test.name ? null : visible(test.display_name),
    devices: devices.map(visible),
    arguments: view.arguments.map(visible),
    failures: failures.map(failureOf),
    crashed,
    timed_out,
    seconds,
    again: command === null ? null : visible(command),
    log: placeOfTest(placeOf, test.id, failures),
  }
}

function failureOf(failure: FailurePlace): HtmlFailure {
  const place = placeText(failure)
  return {message: shown(failure.message), place: place === null ? null : visible(place), details: failure.details.flatMap(visibleLines)}
}
