/** Pictures of every mail, as a mail program without scripts shows it. */
import { join } from 'node:path'
import type { startBrowser } from '../packages/e2e/src/browser.ts'
import { createMailRenderer } from '../services/notification/src/templates/render-mail.ts'
import { isTemplateName, templateOf, templates } from '../services/notification/src/templates/templates.ts'

const widths = { narrow: 360, wide: 720 } as const

const render = createMailRenderer({
  brand: { name: 'Latchkey', color: '#1d4ed8' },
  publicUrl: 'https://auth.example.com',
  defaultLocale: 'en',
})

/** As long as a real one. */
const secretsOf = (names: readonly string[]) =>
  Object.fromEntries(
    names.map(name => [name, name === 'code' ? '493 816' : 'Zm9y-c2hvd29ubHk-bm90LWEtdG9rZW4-aGVyZQ']),
  )

/** Writes `mail-<template>-<width>.png` for each, and gives their names. */
export const takeMailScreenshots = async (
  browser: Awaited<ReturnType<typeof startBrowser>>,
  folder: string,
): Promise<string[]> => {
  const names: string[] = []
  for (const template of Object.keys(templates).filter(isTemplateName)) {
    const createdAt = new Date('2026-11-22T09:00:00Z')
    const { html } = render({
      template,
      locale: 'en',
      recipient: 'jo.doe@example.com',
      secrets: secretsOf(templateOf(template).sealed),
      createdAt,
      expiresAt: new Date(createdAt.getTime() + 3_600_000),
    })
    for (const [view, width] of Object.entries(widths)) {
      const context = await browser.newContext({ viewport: { width, height: 480 }, javaScriptEnabled: false })
      const page = await context.newPage()
      await page.setContent(html)
      const name = `mail-${template.replaceAll('_', '-')}-${view}.png`
      await page.screenshot({ path: join(folder, name), fullPage: true })
      names.push(name)
      await context.close()
    }
  }
  return names
}
