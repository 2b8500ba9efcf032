/** Attributes as HTML names them; `false` and `null` leave one out. Text goes in as text, never as markup. */
export type Attributes = Readonly<Record<string, string | number | boolean | null | undefined>>
export type Child = Node | string | null | undefined | false

/** An element with attributes and children; strings become text nodes. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue
    element.setAttribute(name, value === true ? '' : String(value))
  }
  fill(element, children)
  return element
}

/** Puts new children in the place of the old ones. */
export function fill(element: Element, children: readonly Child[]): void {
  element.replaceChildren(
    ...children.filter((child): child is Node | string =>
      typeof child === 'string' ? child !== '' : child !== null && child !== undefined && child !== false,
    ),
  )
}

/** A button with a spoken name where its text alone would not do. */
export function button(text: string, onClick: () => void, attributes: Attributes = {}): HTMLButtonElement {
  const element = el('button', {type: 'button', ...attributes}, text)
  element.addEventListener('click', onClick)
  return element
}

/** Text of which a copy is wanted, and the button that makes it. */
export function copyable(text: string, what: string): HTMLElement {
  const copy = button(
    'Copy',
    () => {
      void navigator.clipboard.writeText(text).then(
        () => {
          copy.textContent = 'Copied'
        },
        () => selectText(code),
      )
    },
    {class: 'copy', 'aria-label': `Copy ${what}`},
  )
  copy.addEventListener('blur', () => (copy.textContent = 'Copy'))
  const code = el('code', {}, text)
  return el('span', {class: 'copyable'}, code, copy)
}

/** Where a page from disk may not write to the clipboard, the text is at least selected. */
function selectText(element: Element): void {
  const range = document.createRange()
  range.selectNodeContents(element)
  const selection = getSelection()
  selection?.removeAllRanges()
  selection?.addRange(range)
}

/** A part of the page with its heading. */
export function section(id: string, title: string, note: string | null, ...children: readonly Child[]): HTMLElement {
  return el(
    'section',
    {id, 'aria-labelledby': `${id}-title`},
    el(
      'div',
      {class: 'section-head'},
      el('h2', {id: `${id}-title`, tabindex: -1}, title),
      note === null ? null : el('p', {class: 'note'}, note),
    ),
    ...children,
  )
}

export function byId(id: string): HTMLElement | null {
  return document.getElementById(id)
}
