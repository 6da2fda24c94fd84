/** What the gateway itself refuses, as its reader wants it: a page for people who look at one, JSON for everybody else. */
import { type RenderProblem, renderProblemByPath } from '@latchkey/runtime/http'
import type { Ui } from '@latchkey/ui'

export interface RenderProblemDeps {
  readonly ui: Pick<Ui, 'sendProblemPage'>
  readonly isForPeople: (path: string) => boolean
}

export const createRenderProblem =
  ({ ui, isForPeople }: RenderProblemDeps): RenderProblem =>
  (problem, req, res) => {
    // Who takes anything, as scripts do, gets JSON. @see RFC 9110 §12.5.1
    const wantsPage = isForPeople(req.path) && req.accepts(['json', 'html']) === 'html'
    return (wantsPage ? ui.sendProblemPage : renderProblemByPath)(problem, req, res)
  }
