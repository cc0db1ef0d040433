// Korean words. Written as Korean, not turned from English sentence by sentence; same shape by type.
// Names are followed by 님, so that particles never depend on how a name ends.
import type { Words } from './en';
import { bar, keys, media, room } from './ko/call';
import { chip, comparing, details, people, trouble } from './ko/connection';
import { lobby, settings } from './ko/entry';
import { failure } from './ko/failures';
import { chat, drop, file } from './ko/talk';

export const ko: Words = {
  app: {
    name: '사랑방',
    promise: '얼굴을 보고, 글을 쓰고, 파일을 건네세요. 기기에서 기기로 바로 갑니다.',
    brokenTitle: '사랑방이 잠시 멈췄습니다',
    brokenBody: '화면을 이어 갈 수 없었습니다. 확인이 끝난 파일은 안전합니다. 다시 열면 방으로 돌아갑니다.',
    reload: '다시 열기',
  },
  you: '나',
  nameless: '손님',
  close: '닫기',
  cancel: '취소',
  retry: '다시 시도',
  dismiss: '치우기',
  copied: '복사했습니다',
  copyFailed: '복사가 허용되지 않았습니다. 링크를 선택해 직접 복사해 주세요.',
  lobby,
  media,
  room,
  bar,
  leave: {
    title: '파일이 오가는 중에 나갈까요?',
    body: (n) => `아직 끝나지 않은 전송이 ${n}건 있습니다. 지금 나가면 멈춥니다. 그때까지 받은 부분을 보관할 수 있었다면, 같은 파일을 다시 보낼 때 이어서 받습니다.`,
    stay: '남아 있기',
    go: '멈추고 나가기',
  },
  panel: {
    chat: '대화와 파일',
    people: '사람들',
    details: '연결',
    close: '옆 창 닫기',
  },
  chat,
  file,
  drop,
  people,
  chip,
  details,
  comparing,
  trouble,
  settings,
  keys,
  notify: {
    wrote: (name) => `${name} 님이 썼습니다`,
    offers: (name) => `${name} 님이 파일을 건네려고 합니다`,
  },
  failure,
};
