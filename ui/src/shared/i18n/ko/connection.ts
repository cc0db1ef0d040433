// Korean words: who is here, what was proven, and what troubles the room.
import type { Words } from '../en';

export const people: Words['people'] = {
  landmark: '방에 있는 사람들',
  here: (n) => `${n}명이 있습니다`,
  you: (name) => `${name} (나)`,
  app: '앱으로',
  browser: '브라우저로',
  shell: '터미널로',
  unknown: '들어오는 중',
  browserNote: '브라우저로 온 손님은 서버가 내준 페이지를 씁니다. 그 서버를 운영하는 사람은 페이지를 바꿀 수 있습니다.',
  micOn: '마이크 켜짐',
  micOff: '마이크 꺼짐',
  camOn: '카메라 켜짐',
  camOff: '카메라 꺼짐',
  sendFiles: (name) => `${name} 님에게 파일 보내기`,
  autoAccept: (name) => `${name} 님의 파일은 묻지 않고 받기`,
  autoAcceptNote: '이미 기다리는 파일도 받으며, 어느 한쪽이 방을 나가면 끝납니다. 프로그램으로 실행될 수 있는 파일은 늘 묻습니다.',
};

export const chip: Words['chip'] = {
  label: (what) => `연결: ${what}`,
  compared: '대조함',
  proven: { self: '초대로 확인됨', link: '링크로 확인됨', code: '코드로 확인됨' },
  provenByDescription: '봉인됨',
  unproven: '확인하는 중',
  changed: '다른 기기',
  failed: '연결 안 됨',
  alone: '나 혼자',
  local: '같은 네트워크',
  direct: '직접 연결',
  relayed: '중계',
};

export const details: Words['details'] = {
  title: (name) => `${name} 님과의 연결`,
  provenCertificate: '두 기기 모두 이 방의 초대를 가졌음을 지금 이어진 연결 위에서 증명했습니다. 서버를 비롯해 초대를 갖지 않은 누구도 사이에 끼어들지 못했습니다.',
  provenDescription:
    '두 기기 모두 이 방의 초대를 가졌음을 증명했습니다. 다만 한쪽 브라우저가 지금 연결의 인증서를 읽을 수 없어, 직접 재어 본 것이 아니라 서로 합의한 내용을 증명한 것입니다.',
  invitedBy: {
    self: '이 방을 직접 만들었습니다. 여기 있는 사람은 초대 링크를 가졌거나 읽어 준 코드를 적은 사람입니다.',
    link: '링크로 들어왔습니다. 링크가 거쳐 온 길에 있던 사람도 이 방에 들어올 수 있습니다.',
    code: '한 번만 쓸 수 있는 코드로 들어왔고, 그 코드가 맞았습니다. 코드를 읽어 준 사람이 이 방의 문을 열어 주었습니다.',
  },
  unproven: '두 기기가 이 방의 초대를 가졌음을 증명하기 전에는 아무것도 보여 주거나 주고받지 않습니다.',
  pathLocal: '같은 네트워크에 있습니다. 모든 것이 밖으로 나가지 않고 기기에서 기기로 바로 갑니다.',
  pathDirect: '모든 것이 인터넷을 거쳐 기기에서 기기로 바로 갑니다. 서로 다른 네트워크 사이에서 가장 빠른 길입니다.',
  pathRelayed:
    '바로 가는 길이 없어 TURN 서버가 봉인된 데이터를 전해 줍니다. 내용은 읽을 수 없지만 조금 느려집니다. 같은 네트워크에 있거나 덜 막힌 네트워크를 쓰면 바로 이어집니다.',
  pathRelayedChosen: '설정에서 중계만 쓰도록 골랐기 때문에 TURN 서버가 봉인된 데이터를 전해 줍니다. 바로 연결하려면 설정에서 끄세요.',
  pathUnknown: '두 기기를 잇는 길을 아직 찾고 있습니다.',
  delay: (ms) => `갔다 오는 데 ${ms} 걸립니다.`,
  browserGuest: (name) =>
    `${name} 님은 브라우저로 들어왔습니다. 그 페이지는 서버에서 왔고, 서버를 운영하는 사람은 페이지를 바꿀 수 있습니다. 가장 든든하게 이어지려면 앱을 쓰는 것이 좋습니다.`,
  youBrowser: '브라우저로 들어와 있습니다. 이 페이지는 서버에서 왔고, 서버를 운영하는 사람은 페이지를 바꿀 수 있습니다. 가장 든든하게 이어지려면 앱을 쓰세요.',
  callProven: '화면과 소리는 따로 이어진 연결로 오가며, 그 연결도 확인되었습니다.',
  callWaiting: '화면과 소리의 연결은 아직 확인되지 않아 보여 주지 않습니다.',
  nobody: '아직 다른 사람이 없어 연결도 없습니다.',
};

export const comparing: Words['comparing'] = {
  why: (name) => `링크를 가진 사람은 누구나 ${name}(이)라는 이름을 쓸 수 있습니다. 서로 보거나 들으면서 한 번 대조하면 사이에 아무도 없음을 알 수 있습니다.`,
  begin: (name) => `${name} 님과 대조하기`,
  again: '다시 대조하기',
  begun: (name) => `${name} 님의 기기를 기다리는 중…`,
  shown: '서로 읽어 주세요. 두 사람에게 같은 것이 같은 차례로 보이나요?',
  shownByThem: (name) => `${name} 님이 대조하려고 합니다. 서로 읽어 주세요. 두 사람에게 같은 것이 같은 차례로 보이나요?`,
  emoji: '대조할 그림 일곱 개',
  digits: '숫자로 읽어도 됩니다:',
  same: '같습니다',
  different: '다릅니다',
  isSame: (name) => `${name} 님과 대조했고 같았습니다.`,
  remembered: '이 기기를 기억해 두었다가 다음에 알아봅니다.',
  notRemembered: (name) => `${name} 님이 어느 기기인지 보여 주지 않아 이 연결에서만 유효합니다.`,
  failed: '대조가 중간에 끊겼습니다. 받은 값이 미리 정한 값과 맞지 않습니다. 누군가 사이에 있을 수 있습니다. 다시 대조해 보고, 또 그러면 방에서 나가세요.',
  isDifferent: '서로 다르다고 하셨습니다. 다른 누군가가 사이나 저쪽 끝에 있습니다. 연결을 끊었고 더는 아무것도 보내지 않습니다. 다른 길로 새 초대를 건네세요.',
  known: (name, day) => `${day}에 이 기기와 대조했습니다(그때 이름: ${name}).`,
  changed: (name) => `${name}(으)로 알고 있는 기기가 아닙니다. 새 기기일 수도 있고 다른 사람일 수도 있습니다. 믿기 전에 대조하세요.`,
  unseen: (name) => `${name}(이)라는 기기를 알고 있지만, 이 기기는 어느 기기인지 보여 주지 않아 알아볼 수 없습니다. 믿기 전에 대조하세요.`,
  wants: (name) => `${name} 님이 사이에 아무도 없는지 대조하려고 합니다.`,
  look: '대조하기',
};

export const trouble: Words['trouble'] = {
  landmark: '연결 상태',
  serverGone: '서버가 자리를 비웠습니다. 이어진 연결은 그대로이고, 새 손님만 서버가 돌아올 때까지 들어오지 못합니다.',
  serverGoneAlone: '서버가 자리를 비웠습니다. 돌아올 때까지 손님이 들어오지 못합니다. 저절로 다시 시도합니다.',
  peerInterrupted: (name) => `${name} 님과의 연결이 잠시 끊겼습니다. 다시 잇는 중이며, 파일은 그다음에 이어집니다.`,
  peerFailed: (name, why) => `${name} 님: ${why}`,
  closed: '방이 끝났습니다. 확인이 끝난 파일은 그대로 있고, 여기서 읽고 저장할 수 있습니다.',
  linkWaits: '다른 초대가 도착했습니다. 이 방에서 나가면 처음 화면에서 볼 수 있습니다.',
  backToLobby: '처음으로',
  mediaFailed: (name) => `${name} 님과 통화가 이어지지 않습니다. 글과 파일은 따로 오가므로 괜찮습니다.`,
  mediaInterrupted: (name) => `${name} 님의 화면과 소리가 잠시 끊겼습니다. 글과 파일은 따로 오갑니다.`,
  engineLost: '화면과 소리를 나르는 부분이 멈춰 저절로 다시 켜는 중입니다. 글과 파일은 그대로 됩니다.',
  codecMissing: '이 시스템에서는 화면이나 소리를 보낼 수 없습니다. gstreamer1.0-plugins-good 패키지를 설치하고 사랑방을 다시 열어 주세요. 상대방은 보이고 들립니다.',
  left: (name) => `${name} 님이 나갔습니다. 기다려도 되고 나가도 됩니다.`,
  lost: (name) => `${name} 님과의 연결이 사라졌습니다. 링크로 다시 들어오면 이어집니다.`,
};
