import type {Value} from './value.ts'

/** Local names, innermost first, with `self`. */
export class Scope {
  readonly self: Value | undefined
  private readonly names = new Map<string, Value>()
  private readonly outer: Scope | undefined

  constructor(outer?: Scope, self?: Value) {
    this.outer = outer
    this.self = self ?? outer?.self
  }

  get(name: string): Value | undefined {
    return this.names.get(name) ?? this.outer?.get(name)
  }

  declare(name: string, value: Value): void {
    this.names.set(name, value)
  }

  /** False when no scope knows the name. */
  assign(name: string, value: Value): boolean {
    if (this.names.has(name)) {
      this.names.set(name, value)
      return true
    }
    return this.outer?.assign(name, value) ?? false
  }
}
