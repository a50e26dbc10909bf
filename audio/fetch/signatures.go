package fetch

import (
	"net/url"
	"slices"
	"strings"
)

// A signer makes addresses that carry their own permission in the query.
type signer struct {
	maker, source string   // whose addresses these are, and where the maker documents them
	marks         []string // in lower case: an address with all of them is this maker's
	parameters    []string // in lower case: the rest of the signature; a * at the end matches anything
}

// signers is the only table of signature parameters. A signed address needs no credentials, and
// its signature changes each time it is made.
var signers = []signer{
	{
		"Amazon S3 and what speaks its protocol, Signature Version 4", "docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html",
		[]string{"x-amz-signature"}, []string{"x-amz-*"},
	}, {
		"Amazon S3, Signature Version 2", "docs.aws.amazon.com/AmazonS3/latest/userguide/RESTAuthentication.html",
		[]string{"awsaccesskeyid", "signature"}, []string{"expires", "x-amz-security-token"},
	}, {
		"Amazon CloudFront", "docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-signed-urls.html",
		[]string{"key-pair-id", "signature"}, []string{"policy", "expires", "hash-algorithm"},
	}, {
		"Google Cloud Storage, V4", "cloud.google.com/storage/docs/authentication/canonical-requests",
		[]string{"x-goog-signature"}, []string{"x-goog-*"},
	}, {
		"Google Cloud Storage, V2", "cloud.google.com/storage/docs/access-control/signed-urls-v2",
		[]string{"googleaccessid", "signature"}, []string{"expires"},
	}, {
		"Google Cloud CDN", "cloud.google.com/cdn/docs/using-signed-urls",
		[]string{"keyname", "signature"}, []string{"expires", "urlprefix"},
	}, {
		"Azure Storage, a shared access signature", "learn.microsoft.com/rest/api/storageservices/create-service-sas",
		[]string{"sig", "sv"}, []string{
			"ss", "srt", "sr", "sp", "st", "se", "spr", "sip", "si", "ses", "sdd",
			"skoid", "sktid", "skt", "ske", "sks", "skv", "saoid", "suoid", "scid", "sduoid", "skdutid",
		},
	}, {
		"Alibaba Cloud OSS, V4", "alibabacloud.com/help/en/oss/developer-reference/add-signatures-to-urls",
		[]string{"x-oss-signature"}, []string{"x-oss-*"},
	}, {
		"Alibaba Cloud OSS, V1", "alibabacloud.com/help/en/oss/developer-reference/ddd-signatures-to-urls",
		[]string{"ossaccesskeyid", "signature"}, []string{"expires", "security-token"},
	}, {
		"Tencent Cloud COS", "cloud.tencent.com/document/product/436/7778",
		[]string{"q-signature"}, []string{"q-*", "x-cos-security-token"},
	}, {
		"Huawei Cloud OBS", "support.huaweicloud.com/intl/en-us/api-obs/obs_04_0011.html",
		[]string{"accesskeyid", "signature"}, []string{"expires", "x-obs-security-token"},
	}, {
		"Backblaze B2", "backblaze.com/apidocs/b2-download-file-by-name",
		[]string{"authorization"}, nil,
	}, {
		"Akamai token authentication", "techdocs.akamai.com/property-mgr/docs/auth-token-20-verification",
		[]string{"hdnts"}, nil,
	}, {
		"Akamai token authentication", "techdocs.akamai.com/property-mgr/docs/auth-token-20-verification",
		[]string{"hdnea"}, nil,
	},
}

// owns reports whether a query parameter belongs to the signature.
func (s signer) owns(key string) bool {
	for _, p := range s.parameters {
		if prefix, open := strings.CutSuffix(p, "*"); p == key || (open && strings.HasPrefix(key, prefix)) {
			return true
		}
	}
	return slices.Contains(s.marks, key)
}

// signersOf gives the makers whose signatures an address carries.
func signersOf(u *url.URL) []signer {
	keys := map[string]bool{}
	for key := range u.Query() {
		keys[strings.ToLower(key)] = true
	}
	var found []signer
	for _, s := range signers {
		if !slices.ContainsFunc(s.marks, func(mark string) bool { return !keys[mark] }) {
			found = append(found, s)
		}
	}
	return found
}

// signed reports whether an address carries a signature, from a known maker or under a name that
// says so.
func signed(u *url.URL) bool {
	if len(signersOf(u)) > 0 {
		return true
	}
	for key := range u.Query() {
		if key = strings.ToLower(key); key == "signature" || key == "sig" {
			return true
		}
	}
	return false
}

// unsigned returns an address without its signature and otherwise unchanged.
func unsigned(u *url.URL) string {
	by := signersOf(u)
	if len(by) == 0 {
		return u.String()
	}
	var kept []string
	for pair := range strings.SplitSeq(u.RawQuery, "&") {
		key, _, _ := strings.Cut(pair, "=")
		if name, err := url.QueryUnescape(key); err == nil {
			key = strings.ToLower(name)
		}
		if !slices.ContainsFunc(by, func(s signer) bool { return s.owns(key) }) {
			kept = append(kept, pair)
		}
	}
	bare := *u
	bare.RawQuery = strings.Join(kept, "&")
	return bare.String()
}
