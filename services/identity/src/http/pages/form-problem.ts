/** What was wrong with a form that comes back: the status of the answer, and what the page says above it. */
export interface FormProblem {
  readonly status: number
  readonly text: string
}
