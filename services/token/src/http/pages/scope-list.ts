/** What an application asks for, as people read it. */
import { chooseLocale, type Html, type Locale, list } from '@latchkey/ui'
import type { Scope } from '../../domain/scope.ts'
import { phrases } from './phrases.ts'

/** Ours are translated; an operator's own are as the operator has written them. */
const termOf = ({ name, description }: Scope, locale: Locale): string =>
  Object.entries(phrases[locale].consent.scopes).find(([each]) => each === name)?.[1] ?? description

/** For who shows them elsewhere. @param locale BCP 47 tags */
export const describeScope = (scope: Scope, locale: string): string =>
  termOf(scope, chooseLocale({ uiLocales: locale }))

export const scopeList = (scopes: readonly Scope[], locale: Locale): Html =>
  list(scopes.map(scope => ({ term: termOf(scope, locale), detail: scope.name })))
