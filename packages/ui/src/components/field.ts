/** Fields with a label, a hint and what is wrong with them, tied together for screen readers. @see WCAG 2.2 §1.3.1, §3.3.1 */
import { type Html, html } from '../html.ts'

export interface FieldInit {
  readonly name: string
  /** The name by default; where several forms of a page have a field of that name. */
  readonly id?: string
  readonly label: string
  readonly type: 'text' | 'email' | 'password'
  /** What browsers and password managers know it by. @see WCAG 2.2 §1.3.5 */
  readonly autocomplete: string
  readonly value?: string | undefined
  readonly hint?: string | undefined
  /** What is wrong with what was sent, one sentence each. */
  readonly errors?: readonly string[]
  /** Of another alert of the page that speaks of this field. */
  readonly describedBy?: string | undefined
  readonly autofocus?: boolean
  readonly maxLength?: number
  readonly optional?: boolean
  /** Shown letter by letter, as codes are. */
  readonly code?: boolean
}

export const field = (init: FieldInit): Html => {
  const { name, id = name, label, type, autocomplete, value, hint, errors = [], describedBy } = init
  const described = [
    ...(errors.length > 0 ? [`${id}_error`] : []),
    ...(hint === undefined ? [] : [`${id}_hint`]),
    ...(describedBy === undefined ? [] : [describedBy]),
  ]
  const invalid = errors.length > 0 || describedBy !== undefined
  const attributes = [
    value !== undefined && html` value="${value}"`,
    init.maxLength !== undefined && html` maxlength="${init.maxLength}"`,
    init.optional !== true && html` required`,
    init.autofocus === true && html` autofocus`,
    init.code === true && html` class="code" autocapitalize="characters" spellcheck="false"`,
    invalid && html` aria-invalid="true"`,
    described.length > 0 && html` aria-describedby="${described.join(' ')}"`,
  ]
  return html`
<div class="field">
<label for="${id}">${label}</label>
<input type="${type}" id="${id}" name="${name}" autocomplete="${autocomplete}"${attributes}>
${hint !== undefined && html`<p class="hint" id="${id}_hint">${hint}</p>`}
${errors.length > 0 && html`<ul class="error" id="${id}_error">${errors.map(error => html`<li>${error}</li>`)}</ul>`}
</div>`
}

export interface CheckboxInit {
  readonly name: string
  readonly label: string
  readonly value?: string
  readonly checked?: boolean
}

export const checkbox = ({ name, label, value = 'true', checked = false }: CheckboxInit): Html => html`
<p class="check"><input type="checkbox" id="${name}" name="${name}" value="${value}"${checked && html` checked`}><label for="${name}">${label}</label></p>`
