import {describe, expect, it} from 'vitest'
import {failureOf, skipReason} from '../../../../src/worker/results/bundle/failure-message.ts'
import {humanSeconds} from '../../../../src/worker/results/bundle/human-duration.ts'
import {sourcePlace} from '../../../../src/worker/results/bundle/source-url.ts'
import {identityOf} from '../../../../src/worker/results/bundle/test-identity.ts'

describe('single facts', () => {
  it.each([
    ['0.0021s', 0.0021],
    ['0,0021s', 0.0021],
    ['2s', 2],
    ['1m 3s', 63],
    ['2 min 1,5 sec', 121.5],
    ['1h 2m', 3720],
    ['1.234,5s', 1234.5],
    ['1,234.5s', 1234.5],
    ['Ran for 0,0021 seconds', 0.0021],
    ['soon', null],
  ])('the duration %s', (text, seconds) => {
    expect(humanSeconds(text)).toBe(seconds)
  })

  it('corrects lines and columns that count from zero', () => {
    expect(
      sourcePlace('file:///p/My%20App/F.swift#EndingColumnNumber=4&EndingLineNumber=11&StartingColumnNumber=4&StartingLineNumber=11'),
    ).toEqual({file: '/p/My App/F.swift', line: 12, column: 5})
    expect(sourcePlace('file:///p/App.xcodeproj')).toEqual({file: '/p/App.xcodeproj', line: null, column: null})
    expect(sourcePlace('https://example.invalid/x')).toBeNull()
    expect(sourcePlace(null)).toBeNull()
  })

  it('takes messages apart', () => {
    expect(failureOf('RandomStuffTests.swift:38: XCTAssertEqual failed: ("a: b") is not equal')).toMatchObject({
      file: 'RandomStuffTests.swift',
      line: 38,
      message: 'XCTAssertEqual failed: ("a: b") is not equal',
    })
    expect(failureOf('12:30: no file here')).toMatchObject({file: null, message: '12:30: no file here'})
    expect(skipReason('Test skipped - Required API is missing.')).toBe('Required API is missing.')
  })

  it('names tests as -only-testing: takes them', () => {
    expect(identityOf('test://com.apple.xcode/App/AppTests/Suite/testA', 'Suite/testA()', 'testA()', null)).toMatchObject({
      id: 'AppTests/Suite/testA',
      framework: 'xctest',
      display_name: null,
    })
    expect(identityOf('test://com.apple.xcode/App/AppTests/A/B/works()', 'A/B/works()', 'It works', null)).toMatchObject({
      id: 'AppTests/A/B/works()',
      suite: 'A/B',
      framework: 'swift-testing',
      display_name: 'It works',
    })
    expect(identityOf(null, 'Suite/testA()', 'testA()', 'AppTests').id).toBe('AppTests/Suite/testA')
    expect(identityOf(null, 'works()', 'It works', 'AppTests')).toMatchObject({id: 'AppTests/works()', framework: 'swift-testing'})
  })
})
