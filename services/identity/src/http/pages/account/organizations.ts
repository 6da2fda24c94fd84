/** `/account/organizations`: which organizations one belongs to and as what, the end of each, and what one is invited into. */
import { type Route, readQuery } from '@latchkey/runtime/http'
import { isUuid } from '@latchkey/runtime/ids'
import type { Logger } from '@latchkey/runtime/logger'
import { alert, buttons, done, fill, form, type Html, html, list, paragraph, type Ui } from '@latchkey/ui'
import { z } from 'zod'
import type { OrganizationId, UserId } from '../../../domain/ids.ts'
import type { OwnOrganization } from '../../../domain/organization.ts'
import type { OwnInvitation } from '../../../domain/organization-invitation.ts'
import type { AnswerInvitations } from '../../../usecases/answer-invitations.ts'
import type { ManageMembers } from '../../../usecases/manage-members.ts'
import type { AccountArea, AccountVisit } from './area.ts'
import { dayOf } from './dates.ts'
import { accountQuery } from './query.ts'

export interface OrganizationsPageDeps {
  readonly ui: Ui
  readonly area: AccountArea
  readonly listOwnOrganizations: (userId: UserId) => Promise<readonly OwnOrganization[]>
  readonly manageMembers: Pick<ManageMembers, 'remove'>
  readonly answerInvitations: AnswerInvitations
  readonly logger: Pick<Logger, 'info'>
}

const path = '/account/organizations'
const leavePath = '/account/organizations/leave'
const joinPath = '/account/organizations/join'
const declinePath = '/account/organizations/decline'

type Outcome = 'left' | 'joined' | 'declined' | 'last_owner' | 'invalid' | 'too_many'

const isGood = (outcome: string): boolean => ['left', 'joined', 'declined'].includes(outcome)

const id = z.string().max(64).default('')

export const createOrganizationsPage = (deps: OrganizationsPageDeps): readonly Route[] => {
  const { ui, area, manageMembers, answerInvitations, logger } = deps

  const membership = (visit: AccountVisit, { id, name, roles }: OwnOrganization) => {
    const { words } = visit
    const { organizations } = words.account
    return {
      term: html`<strong>${name}</strong>`,
      detail: html`${
        roles.length === 0 ? organizations.member : fill(organizations.roles, { roles: roles.join(', ') })
      }${form({
        action: ui.link(leavePath),
        hidden: { ...visit.hiddenFor(leavePath), organization_id: id },
        // Screen readers hear which one.
        content: buttons({ label: fill(organizations.leave, { organization: name }), other: true }),
      })}`,
    }
  }

  const invitation = (visit: AccountVisit, { id, organizationName, expiresAt }: OwnInvitation) => {
    const { words, locale } = visit
    const { invited, join, decline } = words.account.organizations
    const day = dayOf(locale, expiresAt)
    const answer = (action: typeof joinPath | typeof declinePath, label: string): Html =>
      form({
        action: ui.link(action),
        hidden: { ...visit.hiddenFor(action), invitation_id: id },
        content: buttons({
          label: fill(label, { organization: organizationName }),
          other: action === declinePath,
        }),
      })
    return {
      term: html`<strong>${organizationName}</strong>`,
      detail: html`${fill(invited, { day })}${answer(joinPath, join)}${answer(declinePath, decline)}`,
    }
  }

  const notice = ({ words }: AccountVisit, outcome: string | undefined): Html | undefined => {
    const { outcomes } = words.account.organizations
    if (outcome === undefined || !Object.hasOwn(outcomes, outcome)) return undefined
    const text = outcomes[outcome as Outcome]
    return isGood(outcome) ? done(text) : alert({ text })
  }

  const invitations = async (visit: AccountVisit): Promise<Html | undefined> => {
    const { words, user } = visit
    const { invitations: heading, verifyFirst } = words.account.organizations
    if (user.emailVerifiedAt === undefined) return paragraph(verifyFirst)
    const open = await answerInvitations.list(user.id)
    if (open.length === 0) return undefined
    return html`<h2>${heading}</h2>${list(open.map(each => invitation(visit, each)))}`
  }

  return [
    area.page({
      path,
      show: async (visit, req, res) => {
        const { label, none } = visit.words.account.organizations
        const own = await deps.listOwnOrganizations(visit.user.id)
        const there = own.length === 0 ? paragraph(none) : list(own.map(each => membership(visit, each)))
        const outcome = notice(visit, readQuery(req, accountQuery).done)
        const body = html`${outcome}${there}${await invitations(visit)}`
        area.send(res, visit, path, { title: label, body })
      },
    }),
    area.action({
      path: leavePath,
      page: path,
      recent: true,
      fields: z.object({ organization_id: id }),
      act: async ({ user: { id: userId } }, { organization_id: organizationId }, _req, res) => {
        if (!isUuid(organizationId)) return area.leadBack(res, path)
        const actor = { kind: 'user', userId } as const
        const outcome = await manageMembers.remove(actor, organizationId as OrganizationId, userId)
        if (outcome === 'last_owner') return area.leadBack(res, path, outcome)
        // One that they do not belong to, or not any more, is no news: the list shows what there is.
        if (outcome !== 'done') return area.leadBack(res, path)
        logger.info({ organization_id: organizationId, user_id: userId }, 'member left an organization')
        area.leadBack(res, path, 'left')
      },
    }),
    area.action({
      path: joinPath,
      page: path,
      fields: z.object({ invitation_id: id }),
      act: async ({ user }, { invitation_id }, _req, res) => {
        const accepted = isUuid(invitation_id)
          ? await answerInvitations.accept(user.id, invitation_id)
          : ({ outcome: 'invalid' } as const)
        if (accepted.outcome !== 'accepted')
          return area.leadBack(res, path, accepted.outcome === 'too_many' ? 'too_many' : 'invalid')
        const about = { organization_id: accepted.organizationId, user_id: user.id }
        logger.info(about, 'invitation accepted')
        area.leadBack(res, path, 'joined')
      },
    }),
    area.action({
      path: declinePath,
      page: path,
      fields: z.object({ invitation_id: id }),
      act: async ({ user }, { invitation_id }, _req, res) => {
        const isDeclined = isUuid(invitation_id) && (await answerInvitations.decline(user.id, invitation_id))
        if (isDeclined) logger.info({ invitation_id, user_id: user.id }, 'invitation declined')
        area.leadBack(res, path, isDeclined ? 'declined' : 'invalid')
      },
    }),
  ]
}
