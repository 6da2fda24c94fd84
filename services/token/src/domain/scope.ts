/** What a client can ask for by name. @see draft OAuth 2.1 §1.4.1 */

export interface Scope {
  readonly name: string
  /** Shown to users who are asked. */
  readonly description: string
  /** Given where a request names none. */
  readonly isDefault: boolean
  readonly isActive: boolean
  /** Comes with Latchkey and cannot be deleted. */
  readonly isBuiltIn: boolean
}

/** scope-token of the grammar: no space, quote or backslash. */
export const isScopeName = (name: string): boolean => /^[\x21\x23-\x5b\x5d-\x7e]{1,100}$/.test(name)

/** Those of the admin API: no user can grant them, no registration can ask for them. */
export const isAdminScope = (name: string): boolean => name.startsWith('admin:')
