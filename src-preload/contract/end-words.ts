/**
 * Why sessions end, in words: needed by windows and by messages of the main process alike. Keys are values of
 * `status_info` (API reference, section 5.4); the set is open, so unknown ones are shown as the site wrote them.
 */
export const endWordsEn = {
  'user-requested': 'ended by its owner',
  'force-terminated': 'ended by force',
  'self-terminated': 'its main program ended',
  'task-finished': 'its task is done',
  'task-failed': 'its task failed',
  'task-timeout': 'its task took longer than allowed',
  'task-cancelled': 'its task was cancelled',
  'idle-timeout': 'nobody used it for longer than the site allows',
  'idle-session-lifetime': 'it reached the greatest age that the site allows',
  'idle-utilization': 'it used too little of what it was given',
  'pending-timeout': 'it waited longer than the site allows',
  'failed-to-start': 'it could not be started',
  'creation-failed': 'it could not be started',
  'failed-to-create': 'its container could not be made',
  'bootstrap-timeout': 'its start script took too long',
  'exec-timeout': 'its program took longer than allowed',
  'hang-timeout': 'it did not answer any more',
  'restart-timeout': 'it did not come back from a restart',
  'agent-termination': 'the machine it ran on was shut down',
  'already-terminated': 'its container was gone',
  'anomaly-detected': 'the site found something wrong with it',
  'killed-by-event': 'the site ended it',
  'container-not-found': 'its container was gone',
  'not-found-in-manager': 'the site did not know its container any more',
  'resuming-agent-operation': 'its machine came back without it',
  'terminated-unknown-container': 'its container was unknown to the machine',
  'service-scaled-down': 'its service was scaled down',
  'user-purged': 'its owner’s account was removed',
  PREEMPTED_BY_SCHEDULER: 'it had to give way to another session',
  'preempted-by-reservation': 'it had to give way to another session',
} as const;

export type EndReason = keyof typeof endWordsEn;

export const endWordsKo: Readonly<Record<EndReason, string>> = {
  'user-requested': '소유자가 종료했습니다',
  'force-terminated': '강제로 종료되었습니다',
  'self-terminated': '주 프로그램이 끝났습니다',
  'task-finished': '작업이 끝났습니다',
  'task-failed': '작업이 실패했습니다',
  'task-timeout': '작업이 허용 시간을 넘겼습니다',
  'task-cancelled': '작업이 취소되었습니다',
  'idle-timeout': '사이트가 허용하는 시간보다 오래 쓰지 않았습니다',
  'idle-session-lifetime': '사이트가 허용하는 최대 사용 시간에 이르렀습니다',
  'idle-utilization': '할당된 자원을 너무 적게 썼습니다',
  'pending-timeout': '사이트가 허용하는 시간보다 오래 기다렸습니다',
  'failed-to-start': '시작하지 못했습니다',
  'creation-failed': '시작하지 못했습니다',
  'failed-to-create': '컨테이너를 만들지 못했습니다',
  'bootstrap-timeout': '시작 스크립트가 너무 오래 걸렸습니다',
  'exec-timeout': '프로그램이 허용 시간을 넘겼습니다',
  'hang-timeout': '응답하지 않았습니다',
  'restart-timeout': '재시작 뒤 돌아오지 않았습니다',
  'agent-termination': '실행하던 서버가 종료되었습니다',
  'already-terminated': '컨테이너가 없어졌습니다',
  'anomaly-detected': '사이트가 이상을 발견했습니다',
  'killed-by-event': '사이트가 종료했습니다',
  'container-not-found': '컨테이너가 없어졌습니다',
  'not-found-in-manager': '사이트가 컨테이너를 더 이상 알지 못했습니다',
  'resuming-agent-operation': '서버가 이 세션 없이 다시 시작되었습니다',
  'terminated-unknown-container': '서버가 알지 못하는 컨테이너였습니다',
  'service-scaled-down': '서비스 규모가 줄었습니다',
  'user-purged': '소유자의 계정이 삭제되었습니다',
  PREEMPTED_BY_SCHEDULER: '다른 세션에 자리를 내주었습니다',
  'preempted-by-reservation': '다른 세션에 자리를 내주었습니다',
};

/** Null for a value that is not known; an unknown one that begins with `idle` was an idle check all the same. */
export function endReason(statusInfo: string | null): EndReason | null {
  if (statusInfo === null) return null;
  if (Object.hasOwn(endWordsEn, statusInfo)) return statusInfo as EndReason;
  return statusInfo.startsWith('idle') ? 'idle-timeout' : null;
}
