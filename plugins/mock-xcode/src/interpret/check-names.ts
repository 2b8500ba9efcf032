import type {Expression} from '../swift/ast.ts'

/** `XCTFail`, `XCTAssert…`, `XCTUnwrap`, `#expect`, `#require`, `Issue.record`. */
export function isCheck(expression: Expression): boolean {
  if (expression.kind === 'macro') return expression.name === 'expect' || expression.name === 'require'
  if (expression.kind !== 'call') return false
  const {callee} = expression
  if (callee.kind === 'name') return /^(?:XCTFail|XCTAssert\w*|XCTUnwrap)$/.test(callee.name)
  return callee.kind === 'member' && callee.name === 'record' && callee.base?.kind === 'name' && callee.base.name === 'Issue'
}
