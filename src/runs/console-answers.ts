import type {Decided, Engine} from './engine.ts'

/** What a console says to runs, all of it as said in a console. */
export const consoleAnswers = (engine: Engine) => ({
  answer: (run: string, prompt: string, answer: string, reason: string) =>
    engine.answer(run, prompt, answer, reason, 'console'),
  decide: (run: string, given: Omit<Decided, 'via'>) => engine.decide(run, {...given, via: 'console'}),
  abort: (run: string, reason: string) => engine.abort(run, reason, 'console'),
})
