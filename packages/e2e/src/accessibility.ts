/** What axe finds wrong with a page, by WCAG 2.2 AA and its own best practices. */
import axe from 'axe-core'
import type { Page } from 'playwright-core'

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** One line for each rule that is broken: the rule, and the elements that break it. */
export const accessibilityProblemsOf = async (page: Page): Promise<string[]> => {
  // Through the debugger, so that the page's own policy, which lets no script run, may stay.
  await page.evaluate(axe.source)
  const options = JSON.stringify({ runOnly: { type: 'tag', values: tags } })
  const { violations } = await page.evaluate<axe.AxeResults>(`axe.run(document, ${options})`)
  return violations.map(({ id, help, nodes }) => `${id} (${help}): ${nodes.map(node => node.html).join(' ')}`)
}
