import type { Task } from '../../phone'
import { useApp, useAsked } from '../context'
import { elementsOf, registerOf } from '../form/model'
import { dayOf, isoDay } from '../format'
import { Badge, Notice } from '../parts/notice'
import { Page } from '../parts/page'
import { RecordRow } from '../parts/record-row'

/** What waits for this member, what was returned first. */
export function TasksScreen() {
  const { phone, words } = useApp()
  const tasks = useAsked(() => phone.tasks(), [])
  return (
    <Page title={words.tasksTitle}>
      {tasks.value !== undefined && tasks.value.length === 0 && <Notice tone="plain">{words.noTasks}</Notice>}
      <ul class="stack">
        {(tasks.value ?? []).map(task => (
          <li class="card" key={`${task.kind} ${task.line.id}`}>
            <h2>{words.task[task.kind] ?? task.kind}</h2>
            <Due task={task} />
            <RecordRow line={task.line} />
          </li>
        ))}
      </ul>
    </Page>
  )
}

/** When a person in care is to be visited, and where. */
function Due({ task }: { task: Task }) {
  const { words } = useApp()
  const date = registerOf(task.line.fields.next_visit_on)[0]
  const place = registerOf(task.line.fields.visit_place)[0]
  const kinds = elementsOf(task.line.fields.service_kinds)
  if (typeof date !== 'string' && typeof place !== 'string' && kinds.length === 0) return null
  return (
    <>
      {typeof date === 'string' && (
        <p>
          {date < isoDay(Date.now()) ? (
            <Badge tone="amber" icon="clock">
              {words.overdue}
            </Badge>
          ) : null}{' '}
          {words.dueOn(dayOf(words, date))}
        </p>
      )}
      {typeof place === 'string' && <p>{place}</p>}
    </>
  )
}
