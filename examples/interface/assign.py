"""接口示例：只用 Python 标准库。说明见 README.md。"""

import datetime
import http.client
import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

URL = os.environ["FUMA_URL"]
IN_FORM = bool(os.environ.get("FUMA_TOKEN_IN_FORM"))
TODAY = datetime.date.today()
UNTIL = TODAY.replace(year=TODAY.year + 6, day=min(TODAY.day, 28)) - datetime.timedelta(days=1)
RECORD = os.environ.get("FUMA_RECORD") or "PY-" + datetime.datetime.now().strftime("%Y%m%d%H%M%S")
FORM = "application/x-www-form-urlencoded"


def send(path, body, headers):
    """发送并取回状态码和正文；断线、限流、服务器繁忙时等一等，原样重发。"""
    for wait in (1, 2, 4, 8, None):
        request = urllib.request.Request(URL + path, data=body, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            content = error.read()
            if wait is None or error.code not in (408, 409, 429, 500, 502, 503, 504):
                return error.code, content
            wait = int(error.headers.get("Retry-After", wait))
        except (OSError, http.client.HTTPException):  # 连不上、超时、答复之前或中途断线
            if wait is None:
                raise
        time.sleep(wait)


def form(**members):
    return urllib.parse.urlencode(members).encode("ascii")


class Interface:
    def __init__(self):
        status, content = send("/token", form(
            grant_type="client_credentials",
            client_id=os.environ["FUMA_CLIENT_ID"],
            client_secret=os.environ["FUMA_CLIENT_SECRET"],
        ), {"Content-Type": FORM})
        if status != 200:
            sys.exit(f"没有取到令牌：{status} {content.decode('utf-8')}")
        self.token = json.loads(content)["access_token"]

    def post(self, path, value):
        text = json.dumps(value, ensure_ascii=False)
        if IN_FORM:
            return send(path, form(access_token=self.token, body=text), {"Content-Type": FORM})
        headers = {"Authorization": "Bearer " + self.token, "Content-Type": "application/json"}
        return send(path, text.encode("utf-8"), headers)

    def get(self, path):
        if IN_FORM:
            status, content = send(path, form(access_token=self.token), {"Content-Type": FORM})
        else:
            status, content = send(path, None, {"Authorization": "Bearer " + self.token})
        if status != 200:
            sys.exit(f"{path}：{status} {content.decode('utf-8')}")
        return content

    def one(self, path, item):
        """办理一项；问题逐条显示，没有办成的就此结束。"""
        status, content = self.post(path, {"items": [item]})
        answer = json.loads(content)
        if "results" not in answer:
            sys.exit(f"{path}：{status} {answer}")
        result = answer["results"][0]
        for problem in result["problems"]:
            print("  问题：", problem["severity"], problem["pointer"], problem["message"], problem["hint"])
        if result["outcome"] == "error":
            sys.exit(f"{path}：没有办理")
        return result


def certificate():
    day = TODAY.isoformat()
    return {
        "record_id": RECORD,
        "certificate": {
            "kind": "首次", "body_name": "示例检测有限公司", "uscc": "91610113YL00000125",
            "legal_kind": "独立法人-企业", "department": "无", "address": "示例省示例市示例路1号",
            "division": "610113", "domain": "12", "industry": "05", "food": False, "procedure": "一般程序",
            "decision_day": day, "decision_number": f"示许〔{RECORD}〕号", "first_issued_on": day,
            "issued_on": day, "valid_from": day, "valid_to": UNTIL.isoformat(),
        },
        "sites": [],
        "capabilities": [{
            "class": "水和废水", "item": "示例参数", "standard_name": "示例方法", "standard_number": "HJ 1147-2020",
            "approved_on": day, "food": False,
        }],
        "signatories": [], "instruments": [], "staff": [],
    }


def main():
    interface = Interface()
    item = certificate()

    interface.one("/certificates/check", item)
    print("预检通过")

    done = interface.one("/certificates/assign", item)
    number = done["number"]
    print(f"已赋码：编号 {number}，码 {done['code']}")

    # 没有收到答复时，用同一业务记录号原样重发：答复当时的结果，不会重复赋码。
    again = interface.one("/certificates/assign", item)
    assert again["replayed"] and again["number"] == number
    print(f"重发：仍是 {number}")

    with open("qr.svg", "wb") as file:
        file.write(interface.get(f"/certificates/{number}/qr.svg"))
    print("二维码：qr.svg")

    interface.one("/certificates/status", {
        "record_id": RECORD + "-revoke", "number": number, "act": "revoke", "effective": TODAY.isoformat(),
        "document": f"示撤〔{RECORD}〕号", "reason": "示例原因",
    })
    verdict = json.loads(interface.get(f"/certificates/{number}/verdict"))
    print(f"结论：{verdict['verdict']}")


main()
