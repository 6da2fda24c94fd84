/** What a picture shows: a name, the sizes and colours that it is taken in, and how the page comes about. */
import type { Page } from 'playwright-core'
import type { CallbackServer } from '../callback-server.ts'
import { aPerson } from '../person.ts'
import type { Suite } from '../suite.ts'

export type View = 'narrow' | 'wide' | 'dark'

export interface Scene {
  readonly name: string
  readonly views: readonly View[]
  readonly play: (page: Page, suite: Suite, application: CallbackServer) => Promise<void>
}

/** Whose pages they are, where they need nobody of their own. */
export const person = aPerson({ email: 'jo.doe@example.com', name: 'Jo Doe' })

export const send = (page: Page, button: string) =>
  page.getByRole('button', { name: button, exact: true }).click()

export const signIn = async (page: Page, password: string, email = person.email): Promise<void> => {
  await page.getByLabel('Email address').fill(email)
  await page.getByLabel('Password').fill(password)
  await send(page, 'Sign in')
}
