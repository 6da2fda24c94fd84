/** Whole suites start and stop within these tests; a limit of seconds would measure the machine. */
import { jest } from '@jest/globals'

jest.setTimeout(180_000)
