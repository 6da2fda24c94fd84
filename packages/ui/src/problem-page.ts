/** A problem as a person reads it: what is wrong, what to do, and what to quote when asking for help. */
import { currentContext } from '@latchkey/runtime/context'
import { Problem } from '@latchkey/runtime/problem'
import { facts, paragraph } from './components/notice.ts'
import type { Page } from './document.ts'
import { html } from './html.ts'
import type { Locale } from './locale.ts'
import { phrases } from './phrases.ts'

type ProblemPhrases = (typeof phrases)['en']['problems']

const flowNotFoundCode = 'FLOW_NOT_FOUND'

/** 400: the sign-in that a page belongs to is over, or another browser's. */
export const flowNotFound = () =>
  new Problem({
    status: 400,
    code: flowNotFoundCode,
    detail: 'There is no such authorization request in this browser any more',
  })

const phraseOf = (problem: Problem, words: ProblemPhrases) => {
  const { status, code, oauthError } = problem
  if (code === 'FORM_EXPIRED') return words.formExpired
  if (code === flowNotFoundCode) return words.flowExpired
  if (code === 'INVALID_INVITATION') return words.invitationOver
  if (code === 'CHALLENGE_REQUIRED') return words.busyNetwork
  if (status === 404) return words.notFound
  if (status === 429) return words.tooMany
  if (status === 503) return words.unavailable
  if (status >= 500) return words.ours
  return oauthError === undefined ? words : words.application
}

/** The detail is for those who build and run things, in English; a 500 has none to tell, a wrong path no more than the heading. */
const hasDetail = ({ status, code }: Problem): boolean => status !== 500 && code !== 'NOT_FOUND'

export const problemPage = (problem: Problem, locale: Locale): Page => {
  const { whatHappened, requestId, problems } = phrases[locale]
  const { heading, advice } = phraseOf(problem, problems)
  const detail = [problem.oauthError, problem.detail].filter(part => part !== undefined).join(': ')
  return {
    locale,
    title: heading,
    body: [
      paragraph(advice),
      facts([
        ...(hasDetail(problem) ? [[whatHappened, html`<span lang="en">${detail}</span>`] as const] : []),
        [requestId, html`<span class="code">${currentContext()?.requestId ?? '–'}</span>`],
      ]),
    ],
  }
}
