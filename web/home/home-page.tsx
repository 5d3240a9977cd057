import { Answer } from '../shared/api/failure.tsx'
import { useGet } from '../shared/api/hooks.ts'
import { useSession } from '../shared/api/session.ts'
import { useFormat } from '../shared/i18n/format.ts'
import { useWords } from '../shared/i18n/words.ts'
import { EmptyState } from '../shared/ui/empty-state.tsx'
import { Link } from '../shared/ui/link.tsx'
import { PageHeader } from '../shared/ui/page.tsx'
import type { Tone } from '../shared/ui/tone.ts'
import { homeWords } from './words.ts'

interface Home {
  /** `to` is a path of the console with the filter of the list that the number counts. */
  readonly todos: readonly { readonly key: string; readonly count: number; readonly to: string; readonly tone: Tone }[]
}

/** What waits for this person; every number opens the list that it counts. */
export function HomePage() {
  const t = useWords(homeWords)
  const format = useFormat()
  const { person, organisation } = useSession()
  const home = useGet<Home>('/api/home', { every: 60_000, enabled: organisation.status === 'verified' })
  const names: Readonly<Record<string, string>> = t.todo
  return (
    <>
      <PageHeader title={t.title} lead={`${t.hello(person.name)} · ${organisation.name}`} />
      {/* an organisation that is not verified yet reads above why nothing waits */}
      {organisation.status === 'verified' && (
        <Answer of={home}>
          {({ todos }) => {
            const open = todos.filter((todo) => todo.count > 0)
            if (open.length === 0) return <EmptyState title={t.clear} detail={t.clearDetail} />
            return (
              <ul className="todos">
                {open.map((todo) => (
                  <li key={todo.key}>
                    <Link className={`todo ${todo.tone}`} to={todo.to}>
                      <b>{format.number(todo.count)}</b>
                      <span>{names[todo.key] ?? todo.key}</span>
                    </Link>
                  </li>
                ))}
              </ul>
            )
          }}
        </Answer>
      )}
    </>
  )
}
