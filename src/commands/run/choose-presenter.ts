import {jsonFor, onGitHub, onGitLab} from '../../text/workflow-commands.ts'
import {countAnnotations} from './annotations.ts'
import {annotationsUsed, keepAnnotationsUsed} from './ci-files.ts'
import {githubPresenter} from './github.ts'
import {gitlabPresenter} from './gitlab.ts'
import {feedLines, joinLines} from './lines.ts'
import type {Presenter} from './presenter.ts'

export function choosePresenter(
  env: Readonly<Record<string, string | undefined>>,
  {run, json, now}: {readonly run: string; readonly json: boolean; readonly now: () => number},
): Presenter {
  if (json) return jsonPresenter(run, env)
  if (onGitHub(env)) {
    const used = annotationsUsed(env)
    const annotations = countAnnotations(used)
    const presenter = githubPresenter(annotations)
    return {
      ...presenter,
      end: () => {
        keepAnnotationsUsed(env, used + annotations.count())
        return presenter.end()
      },
    }
  }
  return onGitLab(env) ? gitlabPresenter(run, now) : plainPresenter
}

const plainPresenter: Presenter = {
  feed: (feed, state) => joinLines(feedLines(feed, state)),
  end: () => '',
}

/** JSON lines, version 1: the journal's events as they are, and output lines as `type: output`. See docs/events.md. */
function jsonPresenter(run: string, env: Readonly<Record<string, string | undefined>>): Presenter {
  return {
    feed: feed => `${jsonFor(env, JSON.stringify(feed.event ?? {v: 1, run, type: 'output', ...feed.line}))}\n`,
    end: () => '',
  }
}
