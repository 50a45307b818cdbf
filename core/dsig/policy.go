package dsig

import "crypto/x509"

// anyPolicy stands for every policy. Source: RFC 5280 §4.2.1.4.
const anyPolicy = "2.5.29.32.0"

// policies is the state of the policy rules along a path: which policies are valid so far, and after how many further
// certificates one must be (explicit), anyPolicy stands for nothing (inhibitAny), mappings end (mapping).
//
// Any policy is acceptable to us, so all that counts is whether one is left. The valid policies of one depth are enough
// to tell: a policy that nothing below takes up goes out of the set by itself, as RFC 5280's tree is pruned.
// Source: RFC 5280 §6.1.2, §6.1.3 (d) to (f), §6.1.4 (a), (b), (h) to (j), §6.1.5 (a), (b), (g), with RFC 9618.
type policies struct {
	valid                         map[string]bool
	explicit, inhibitAny, mapping int
}

// checkPolicies judges the policies of a path, signer first. The anchor, last, is no part of it: who trusts an
// authority takes its certificate for its name and key. Source: RFC 5280 §6.1.
func (n names) checkPolicies(path []*x509.Certificate) error {
	count := len(path) - 1
	p := &policies{valid: map[string]bool{anyPolicy: true}}
	p.explicit, p.inhibitAny, p.mapping = count+1, count+1, count+1
	for i := count - 1; i >= 0; i-- {
		cert := path[i]
		selfIssued := i > 0 && n.isSelfIssued(cert)
		p.take(cert, selfIssued)
		if i == 0 {
			p.explicit = max(p.explicit-1, 0)
			if cert.RequireExplicitPolicyZero {
				p.explicit = 0
			}
		}
		if p.explicit == 0 && len(p.valid) == 0 {
			return untrusted("certificate %s has no policy that is valid along its path, and one is required "+
				"(policyConstraints)", certName(cert))
		}
		if i == 0 {
			continue
		}
		if err := p.mapPolicies(cert); err != nil {
			return err
		}
		if !selfIssued {
			p.explicit, p.inhibitAny, p.mapping = max(p.explicit-1, 0), max(p.inhibitAny-1, 0), max(p.mapping-1, 0)
		}
		p.explicit = constrain(p.explicit, cert.RequireExplicitPolicy, cert.RequireExplicitPolicyZero)
		p.mapping = constrain(p.mapping, cert.InhibitPolicyMapping, cert.InhibitPolicyMappingZero)
		p.inhibitAny = constrain(p.inhibitAny, cert.InhibitAnyPolicy, cert.InhibitAnyPolicyZero)
	}
	return nil
}

// constrain returns the smaller of a count and what a certificate asks for, in the form that crypto/x509 gives it.
func constrain(count, asked int, isZero bool) int {
	if isZero || asked > 0 {
		return min(count, max(asked, 0))
	}
	return count
}

// take leaves the policies that cert has too. mayHaveAny says that anyPolicy counts although it is inhibited.
func (p *policies) take(cert *x509.Certificate, mayHaveAny bool) {
	taken := make(map[string]bool, len(cert.Policies))
	for _, id := range cert.Policies {
		name := id.String()
		switch {
		case name != anyPolicy:
			if p.valid[name] || p.valid[anyPolicy] {
				taken[name] = true
			}
		case p.inhibitAny > 0 || mayHaveAny:
			for valid := range p.valid {
				taken[valid] = true
			}
		}
	}
	p.valid = taken
}

// mapPolicies turns the policies of an issuer's domain into those of its subject's.
func (p *policies) mapPolicies(cert *x509.Certificate) error {
	if len(cert.PolicyMappings) == 0 {
		return nil
	}
	mapped := make(map[string]bool, len(p.valid))
	for _, m := range cert.PolicyMappings {
		from, to := m.IssuerDomainPolicy.String(), m.SubjectDomainPolicy.String()
		if from == anyPolicy || to == anyPolicy {
			return untrusted("certificate %s maps anyPolicy, which cannot be mapped", certName(cert))
		}
		if p.mapping > 0 && (p.valid[from] || p.valid[anyPolicy]) {
			mapped[to] = true
		}
	}
	for _, m := range cert.PolicyMappings {
		delete(p.valid, m.IssuerDomainPolicy.String())
	}
	for valid := range p.valid {
		mapped[valid] = true
	}
	p.valid = mapped
	return nil
}
