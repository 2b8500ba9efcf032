import {describe, expect, it} from 'vitest'
import {createSourcePlaces} from '../../src/reports/source-places.ts'

const PATHS = ['App/Label.swift', 'AppTests/LabelTests.swift', 'AppTests/Deep/Same.swift', 'KitTests/Same.swift', 'Top.swift']

describe('the place of a file that is named without its folder', () => {
  const places = createSourcePlaces(() => PATHS)
  it.each([
    ['LabelTests.swift', null, 'AppTests/LabelTests.swift'],
    ['Top.swift', 'AppTests', 'Top.swift'],
    // Two have the name: the test's target tells which, where it can.
    ['Same.swift', 'KitTests', 'KitTests/Same.swift'],
    ['Same.swift', 'AppTests', 'AppTests/Deep/Same.swift'],
    ['Same.swift', null, 'Same.swift'],
    ['Same.swift', 'OtherTests', 'Same.swift'],
    // What is nobody's, or has its folder, stays.
    ['Unknown.swift', 'AppTests', 'Unknown.swift'],
    ['/elsewhere/LabelTests.swift', null, '/elsewhere/LabelTests.swift'],
    ['Other/LabelTests.swift', null, 'Other/LabelTests.swift'],
    ['', null, ''],
  ])('%s of %s is %s', (file, target, expected) => {
    expect(places(file, target)).toBe(expected)
  })

  it('asks for the paths once, and not at all where nothing needs them', () => {
    let asked = 0
    const lazy = createSourcePlaces(() => {
      asked += 1
      return PATHS
    })
    expect(lazy('a/b.swift', null)).toBe('a/b.swift')
    expect(asked).toBe(0)
    lazy('Top.swift', null)
    lazy('LabelTests.swift', null)
    expect(asked).toBe(1)
  })
})
