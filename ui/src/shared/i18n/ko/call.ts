// Korean words: own devices, the stage and its controls.
import type { MediaProblem, RemoteProblem, ScreenProblem } from '../../../call/CallSnapshot';
import type { CodeState } from '../../../protocol/CodeState';
import type { Words } from '../en';
import type { FailureWords } from '../en/failures';

const mediaProblem: Record<MediaProblem, FailureWords> = {
  'insecure-page': {
    title: 'HTTPS 페이지가 아닙니다',
    body: '브라우저는 안전한 페이지에서만 카메라와 마이크를 내줍니다. 글과 파일은 여기서도 됩니다. 통화하려면 https:// 주소로 열어 주세요.',
  },
  unsupported: {
    title: '여기서는 카메라와 마이크를 쓸 수 없습니다',
    body: '이 프로그램이 접근을 허용하지 않습니다. 글과 파일은 모두 됩니다.',
  },
  refused: {
    title: '허용되지 않았습니다',
    body: '주소창이나 시스템의 개인정보 설정에서 허용한 뒤 다시 시도해 주세요. 없이 계속할 수도 있습니다.',
  },
  'no-device': {
    title: '찾을 수 없습니다',
    body: '연결한 뒤 다시 시도하거나 없이 계속하세요. 그래도 보고, 듣고, 쓰고, 파일을 주고받을 수 있습니다.',
  },
  busy: { title: '다른 프로그램이 쓰고 있습니다', body: '그 프로그램을 닫고 다시 시도하거나 없이 계속하세요.' },
  unplugged: { title: '연결이 빠졌습니다', body: '방은 그대로입니다. 다시 꽂거나 다른 장치를 골라 주세요.' },
  withdrawn: { title: '허용이 취소되었습니다', body: '방은 그대로입니다. 다시 허용하고 켜거나, 없이 계속해도 됩니다.' },
  'codec-missing': {
    title: '이 시스템에서는 보낼 수 있게 바꾸지 못합니다',
    body: 'gstreamer1.0-plugins-good 패키지를 설치하고 사랑방을 다시 열어 주세요. 없이 계속할 수도 있습니다.',
  },
  failed: { title: '켜지 못했습니다', body: '다시 시도하거나 다른 장치를 골라 주세요. 없이 계속할 수도 있습니다.' },
};

const screenProblem: Record<ScreenProblem, string> = {
  refused: '화면이 공유되지 않았습니다. 묻는 창이 뜨지 않았다면 시스템이 막은 것이니 개인정보 설정을 확인해 주세요.',
  'no-source':
    '이 데스크톱에는 공유할 화면이 없습니다. 리눅스에서는 화면 공유 포털이 있어야 합니다. xdg-desktop-portal과 쓰는 데스크톱에 맞는 부분을 설치해 주세요. 통화는 계속됩니다.',
  failed: '화면을 가져오지 못했습니다. 다시 시도하거나 다른 창을 골라 주세요. 통화는 계속됩니다.',
};

const remoteProblem: Record<RemoteProblem, (name: string) => string> = {
  'no-shared-audio-codec': (name) => `${name} 님의 프로그램과 소리 형식이 맞지 않아 서로 들리지 않습니다. 글과 파일은 그대로 됩니다.`,
  'no-shared-video-codec': (name) => `${name} 님의 프로그램과 영상 형식이 맞지 않습니다. 소리는 그대로 들립니다.`,
  'codec-missing': (name) => `이 시스템에서는 ${name} 님의 화면을 보여 줄 수 없습니다. gstreamer1.0-plugins-good 패키지를 설치하고 사랑방을 다시 열어 주세요.`,
};

const codeState: Record<Exclude<CodeState, 'failed'>, string> = {
  opening: '비어 있는 번호를 찾는 중…',
  waiting: '코드가 준비되었습니다. 아직 아무도 쓰지 않았습니다.',
  tried: '누군가 코드를 쓰고 있습니다…',
  used: '코드를 썼습니다. 손님이 초대를 받았습니다.',
  burnt: '틀린 낱말이 들어와 이 코드는 이제 쓸 수 없습니다. 들어온 사람은 없습니다.',
  expired: '10분이 지나 코드가 끝났습니다.',
  closed: '코드를 끝냈습니다. 이제 이 코드로는 들어올 수 없습니다.',
};

export const media: Words['media'] = {
  camera: '카메라',
  microphone: '마이크',
  speaker: '스피커',
  systemDefault: '시스템이 고름',
  cameraOn: '카메라 켜기',
  cameraOff: '카메라 끄기',
  microphoneOn: '마이크 켜기',
  microphoneOff: '마이크 끄기',
  screenOn: '내 화면 공유하기',
  screenOff: '화면 공유 끝내기',
  screenUnsupported: '이 프로그램에서는 할 수 없습니다',
  screenProblem,
  level: '마이크 소리 크기',
  levelQuiet: '들리지 않음',
  levelGood: '잘 들림',
  problem: mediaProblem,
  of: (device, what) => `${device}: ${what}`,
};

export const room: Words['room'] = {
  landmark: '방',
  stage: '무대',
  invitation: {
    title: '방이 열렸습니다',
    body: '들어올 사람에게 이 링크를 건네세요. 앱에서도 브라우저에서도 열립니다.',
    link: '초대 링크',
    copy: '링크 복사',
    share: '공유…',
    shareText: '사랑방으로 오세요',
    who: '링크가 있으면 누구나 들어올 수 있고, 16명까지 앉습니다. 서버는 # 뒷부분을 볼 수 없어 들어오지 못합니다.',
    forOne: '한 사람만 초대하기',
    whoForOne: '링크를 가지고 처음 온 사람만 들어오고 그다음에는 아무도 들어올 수 없습니다. 서버는 # 뒷부분을 볼 수 없어 들어오지 못합니다.',
    waiting: '첫 손님을 기다리는 중',
    foldedTitle: '다른 사람 초대하기',
    qr: '초대 링크 QR 코드',
  },
  withdrawal: {
    ask: '초대 거두기…',
    note: '거두면 아무도 새로 들어올 수 없고 되돌릴 수 없습니다. 이미 방에 있는 사람은 그대로 남습니다.',
    forGood: '거두기',
    keep: '그대로 두기',
    title: '초대를 거두었습니다',
    alone: '혼자 있습니다',
    byUs: '내가 초대를 거두어 이제 아무도 새로 들어올 수 없습니다.',
    by: (name) => `${name} 님이 초대를 거두었습니다. 이제 아무도 새로 들어올 수 없습니다.`,
    forGuest: (name) => `${name === null ? '손님이' : `${name} 님이`} 왔습니다. 한 사람만을 위한 초대여서 이제 아무도 새로 들어올 수 없습니다.`,
    done: '초대가 거두어졌습니다. 이제 아무도 새로 들어올 수 없습니다.',
  },
  certificate: {
    summary: '손님의 브라우저가 한 번 경고합니다',
    way: '이 기기가 직접 만든 인증서로 방을 열기 때문에, 브라우저는 보증하는 기관이 없다고 경고합니다. 브라우저에서 “고급”을 누르고 “계속”을 고르세요(Safari는 “세부사항 보기”, “이 웹 사이트 방문”). 앱은 링크로 인증서를 알아보므로 묻지 않습니다.',
    check: '확실히 하려면 브라우저가 보여 주는 인증서의 SHA-256과 견주어 보세요.',
  },
  code: {
    title: '읽어 주는 코드',
    open: '코드 읽어 주기',
    openNote: '전화로 초대할 때 씁니다. 숫자 하나와 낱말 셋으로, 10분 동안 손님 한 명만 들입니다.',
    again: '새로 만들기',
    end: '코드 끝내기',
    tell: (server) => `한 사람에게만 읽어 주세요. 손님은 이 주소를 열어 링크 대신 코드를 적으면 됩니다: ${server}`,
    left: (time) => `${time} 남음`,
    state: codeState,
    burntWhy: '낱말을 잘못 들었을 수 있습니다. 손님이 아직 아무것도 적지 않았다면 다른 사람이 짐작으로 넣어 본 것입니다.',
    noNumber: '코드에 쓸 빈 번호를 찾지 못했습니다. 잠시 뒤 다시 시도해 주세요.',
    notMade: '이제 코드가 없습니다. 문제가 풀리면 새로 만들어 주세요.',
  },
  joinedAlone: {
    title: '아직 아무도 없습니다',
    body: '다른 사람이 오는 중일 수 있으니 조금 기다려 보세요. 링크를 더 건네도 됩니다.',
  },
  leftAlone: {
    title: '지금은 혼자 있습니다',
    body: '기다려도 되고, 링크를 다시 건네도 됩니다. 오간 글과 파일은 나갈 때까지 남아 있습니다.',
  },
  connecting: (name) => `${name} 님과 연결하는 중…`,
  pictureComing: (name) => `${name} 님의 화면을 받는 중…`,
  muted: '마이크 꺼짐',
  playBlockedTitle: '브라우저가 소리를 막아 두었습니다',
  playBlocked: '소리와 화면 켜기',
  noCall: '여기서는 통화할 수 없습니다. 이 프로그램의 웹 화면에 통화에 필요한 기능이 없습니다. 글과 파일은 모두 됩니다.',
  people: '무대에 있는 사람들',
  enlarge: (name) => `${name} 님 크게 보기`,
  allAlike: '모두 같은 크기로 보기',
  whole: '화면 전체 보기',
  fill: '무대에 꽉 채우기',
  interrupted: '잠시 끊김',
  cameraOff: '카메라 꺼짐',
  problem: remoteProblem,
  self: '내 모습',
  selfScreen: '내 화면을 공유하는 중',
  selfMove: '내 모습 옮기기. 화살표 키를 누르면 다른 모서리로 갑니다.',
  selfHide: '내 모습 치우기',
  selfShow: '내 모습 보기',
  proving: '통화를 확인하는 중…',
  callRefused: '통화를 끊었습니다. 맞는 기기와 이어졌는지 확인되지 않았습니다.',
};

export const bar: Words['bar'] = {
  landmark: '조작 막대',
  files: '파일 보내기',
  chat: '대화',
  people: '사람들',
  settings: '설정',
  more: '더 보기',
  keys: '단축키',
  leave: '나가기',
  shortcut: (label, key) => `${label} (${key})`,
  unread: (n) => `새 메시지 ${n}개`,
  talking: 'Space를 누르는 동안 소리가 전해집니다',
};

export const keys: Words['keys'] = {
  title: '단축키',
  talk: '마이크가 꺼져 있을 때 누르는 동안 말하기',
  microphone: '마이크 켜고 끄기',
  camera: '카메라 켜고 끄기',
  screen: '화면 공유하기, 그만하기',
  chat: '대화',
  files: '파일 보내기',
  people: '사람들',
  list: '이 목록',
  escape: '열린 것 닫기',
  space: 'Space',
  esc: 'Esc',
};
