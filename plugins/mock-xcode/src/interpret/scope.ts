/** Local names, innermost first, with `self`. */
export class Scope<V> {
  readonly self: V | undefined
  private readonly names = new Map<string, V>()
  private readonly outer: Scope<V> | undefined

  constructor(outer?: Scope<V>, self?: V) {
    this.outer = outer
    this.self = self ?? outer?.self
  }

  get(name: string): V | undefined {
    return this.names.get(name) ?? this.outer?.get(name)
  }

  declare(name: string, value: V): void {
    this.names.set(name, value)
  }

  /** False when no scope knows the name. */
  assign(name: string, value: V): boolean {
    if (this.names.has(name)) {
      this.names.set(name, value)
      return true
    }
    return this.outer?.assign(name, value) ?? false
  }
}
